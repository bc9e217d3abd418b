import '../life/life.css';
import { alarmAnswer, type AlarmAnswer, type AlarmItem } from '#contracts';
import { shopPath } from '../data/paths.js';
import { useResource } from '../data/use-resource.js';
import { takesOperator, useWho } from '../data/use-who.js';
import { CaseLog } from '../life/case-log.js';
import { Orders } from '../life/orders.js';
import { useOrder, type OrderDesk } from '../life/use-order.js';
import { useNow } from '../live/use-live.js';
import { TroubleNote } from '../shell/region.js';
import { zoneHere } from './alarms.js';

const desk: OrderDesk<AlarmAnswer, AlarmItem> = { schema: alarmAnswer, read: ({ alarm }) => ({ item: alarm, decided: true }) };

const hourMs = 3_600_000;
const clockHere = {
  zone: zoneHere,
  words: 'It comes back after:',
  snoozes: [1, 4, 8, 24].map((hours) => ({ label: hours === 1 ? '1 hour' : `${hours} hours`, ms: hours * hourMs })),
  deeds: [],
};

/** What can be done about an alarm, where it is explained, and what happened to it. */
export default function AlarmDetails({ alarm: shown, id }: { readonly alarm: AlarmItem; readonly id: string }) {
  const path = shopPath(shown.shop, `alarms/${encodeURIComponent(id)}`);
  const found = useResource(path, alarmAnswer, { moved: shown.movedAt });
  const [order, say] = useOrder(`${path}/commands`, desk, found.reload);
  const who = useWho();
  const now = useNow(60_000);
  // What a command was answered with may be newer than what the room last told.
  const told = order.now === 'done' ? order.item : null;
  const alarm = told && told.movedAt > shown.movedAt ? told : shown;
  const { runbook } = alarm;
  return (
    <>
      {alarm.lasting && <p className="note">It stands until somebody acknowledges it.</p>}
      <p className="note">
        What it means and what to do first:{' '}
        {/^https?:/.test(runbook) ? (
          <a href={runbook} target="_blank" rel="noreferrer" data-testid="runbook">
            {runbook}
          </a>
        ) : (
          <code data-testid="runbook">{runbook}</code>
        )}
      </p>
      {found.trouble && <TroubleNote trouble={found.trouble} />}
      <Orders
        of={{ ...alarm, expiresAt: null }}
        who={who}
        takes={takesOperator}
        clock={{ ...clockHere, now: new Date(now).toISOString() }}
        order={order}
        say={say}
      />
      {found.data && <CaseLog log={found.data.log} zone={zoneHere} />}
    </>
  );
}
