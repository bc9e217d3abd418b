import type { AlarmItem } from '#contracts';
import { Button, Skeleton } from '@mantine/core';
import { Suspense, useState } from 'react';
import { ageText, instantText } from '../format/times.js';
import { IconAlertTriangle } from '../icons.js';
import { fetched } from '../shell/fetched.js';

const AlarmDetails = fetched(() => import('./alarm-details.js'));

/** This machine's zone: alarms are of its time, not of the shop's. */
export const zoneHere = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** What the machine complains of, the newest first: a line stays where it is, whatever becomes of it. @param now this machine's clock */
export function AlarmList({ alarms, now }: { readonly alarms: readonly AlarmItem[]; readonly now: number }) {
  return (
    <ul className="alarms" aria-label="Alarms">
      {alarms.map((alarm) => (
        <AlarmRow key={alarm.alarmId ?? `${alarm.code} ${alarm.subject}`} alarm={alarm} now={now} />
      ))}
    </ul>
  );
}

function AlarmRow({ alarm, now }: { readonly alarm: AlarmItem; readonly now: number }) {
  const [opened, setOpened] = useState(false);
  const { alarmId, code, message, state, subject } = alarm;
  const id = `alarm-${code}-${subject}`;
  return (
    <li data-testid="alarm" data-state={state} data-taken={state !== 'open' || alarm.snoozedUntil !== null || undefined}>
      <IconAlertTriangle size={16} aria-hidden />
      <div>
        <p>
          <strong>Alarm “{code}”:</strong> {message}
        </p>
        <p className="note" data-testid="alarm-care">
          {careOf(alarm, now)}
        </p>
      </div>
      {alarmId !== null && (
        <Button
          variant="default"
          size="compact-xs"
          aria-expanded={opened}
          aria-controls={id}
          aria-label={`${opened ? 'Close' : 'Take care of'} alarm ${code} ${subject}`}
          data-testid="alarm-open"
          onClick={() => setOpened(!opened)}
        >
          {opened ? 'Close' : 'Take care'}
        </Button>
      )}
      {alarmId !== null && opened && (
        <div id={id} className="details">
          <Suspense fallback={<Skeleton height={96} aria-hidden />}>
            <AlarmDetails alarm={alarm} id={alarmId} />
          </Suspense>
        </div>
      )}
    </li>
  );
}

/** Since when it stands, and who takes care of it. */
function careOf({ since, acknowledged, acted, assignee, snoozedUntil, state }: AlarmItem, now: number): string {
  const parts = [`for ${ageText(now - Date.parse(since))}`];
  if (acted) parts.push(`${acted.by}: ${acted.action}`);
  else if (acknowledged) parts.push(`acknowledged by ${acknowledged.by}`);
  if (assignee !== null) parts.push(`with ${assignee}`);
  else if (state === 'open') parts.push('nobody has taken it yet');
  if (snoozedUntil !== null) parts.push(`snoozed until ${instantText(snoozedUntil, zoneHere)}`);
  return parts.join(' · ');
}
