import type { AlertItem, AlertOrder } from '#contracts';
import { Button, VisuallyHidden } from '@mantine/core';
import { useState } from 'react';
import { mayCommand, type Who } from '../data/use-who.js';
import { IconAlertTriangle, IconChecks, IconClockPause, IconEye, IconMessage, IconThumbDown, IconThumbUp, IconUserPlus } from '../icons.js';
import type { Icon } from '../icons.js';
import { shownOf } from '../live/live.state.js';
import { useLive } from '../live/use-live.js';
import { CommandForm, type FormName } from './command-form.js';
import type { CommandState } from './use-command.js';
import { withShopTimes } from './words.js';

interface Props {
  readonly alert: AlertItem;
  readonly who: Who | null;
  readonly command: CommandState;
  readonly say: (order: AlertOrder) => void;
}

interface Choice {
  readonly command: AlertOrder['command'];
  readonly label: string;
  readonly icon: Icon;
  /** States in which it makes sense; the owner of alerts has the last word. */
  readonly when: readonly AlertItem['state'][];
}

const live = ['open', 'acknowledged', 'acted'] as const;
const choices: readonly Choice[] = [
  { command: 'acknowledge', label: 'Acknowledge', icon: IconEye, when: ['open'] },
  { command: 'assign', label: 'Assign', icon: IconUserPlus, when: live },
  { command: 'snooze', label: 'Snooze', icon: IconClockPause, when: ['open', 'acknowledged'] },
  { command: 'act', label: 'Act', icon: IconChecks, when: ['open', 'acknowledged'] },
  { command: 'comment', label: 'Comment', icon: IconMessage, when: [...live, 'recovered', 'expired'] },
];

const sending: Readonly<Record<AlertOrder['command'], string>> = {
  acknowledge: 'Acknowledging',
  assign: 'Assigning',
  comment: 'Commenting',
  snooze: 'Snoozing',
  act: 'Recording what was done',
  rate: 'Rating',
};

/** What can be done about an alert, and what became of the last thing that was. */
export function AlertCommands({ alert, who, command, say }: Props) {
  const [form, setForm] = useState<FormName | null>(null);
  const may = who !== null && mayCommand(who);
  const isSent = command.now === 'sent';
  const send = (order: AlertOrder): void => {
    setForm(null);
    say(order);
  };
  const rate = (useful: boolean, label: string, Shape: Icon) => (
    <Button
      variant={alert.rated?.useful === useful ? 'light' : 'default'}
      size="xs"
      disabled={!may || isSent}
      aria-pressed={alert.rated?.useful === useful}
      leftSection={<Shape size={14} aria-hidden />}
      onClick={() => send({ command: 'rate', useful })}
    >
      {label}
    </Button>
  );
  return (
    <div className="commands">
      <h3>What to do</h3>
      <div className="buttons" role="group" aria-label="What to do">
        {choices
          .filter(({ when }) => when.includes(alert.state))
          .map(({ command: name, label, icon: Shape }) => (
            <Button
              key={name}
              className={name === 'acknowledge' ? 'filled' : ''}
              variant={name === 'acknowledge' ? 'filled' : 'default'}
              size="xs"
              disabled={!may || isSent}
              loading={isSent && command.command === name}
              leftSection={<Shape size={14} aria-hidden />}
              data-testid={`do-${name}`}
              {...(name === 'acknowledge' || name === 'rate' ? {} : { 'aria-expanded': form === name })}
              onClick={() => {
                if (name === 'acknowledge') send({ command: name });
                else if (name !== 'rate') setForm(form === name ? null : name);
              }}
            >
              {label}
            </Button>
          ))}
      </div>
      {form !== null && may && <CommandForm key={form} form={form} alert={alert} who={who} send={send} cancel={() => setForm(null)} />}
      <div className="buttons" role="group" aria-label="Was it useful">
        {rate(true, 'Useful', IconThumbUp)}
        {rate(false, 'Not useful', IconThumbDown)}
      </div>
      {who !== null && !may && (
        <p className="note" data-testid="why-not">
          To do any of this takes the role marketer; you are {who.role}.
        </p>
      )}
      <Outcome command={command} movedAt={alert.movedAt} />
    </div>
  );
}

/** Spoken as it changes: somebody who cannot see the button must learn what became of it. */
function Outcome({ command, movedAt }: { readonly command: CommandState; readonly movedAt: string }) {
  const zone = useLive((state) => shownOf(state, 'alerts')?.data.timeZone ?? 'UTC');
  return (
    <div role="status" className="outcome" data-testid="outcome" data-now={command.now}>
      {command.now === 'sent' && <p className="note">{sending[command.command]} …</p>}
      {command.now === 'pending' && command.movedAt === movedAt && (
        <p className="note">Said, and not decided yet: it shows here as soon as it is.</p>
      )}
      {command.now === 'done' && <VisuallyHidden>Done.</VisuallyHidden>}
      {command.now === 'refused' && (
        <p className="refusal">
          <IconAlertTriangle size={16} aria-hidden />
          <span>
            {withShopTimes(command.trouble.detail, zone)} <span className="code">{command.trouble.code}</span>
          </span>
        </p>
      )}
    </div>
  );
}
