import { Skeleton } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck, IconCircleDashed, type Icon } from '../icons.js';
import { countText } from '../format/figures.js';
import { ageText, instantText } from '../format/times.js';
import { behindAfterMs, brokerAway, shownOf, type SnapshotOf } from '../live/live.state.js';
import { useLive, useNow } from '../live/use-live.js';
import { Region } from '../shell/region.js';
import { AlarmList } from './alarms.js';

type Pipeline = SnapshotOf<'pipeline'>['data'];

/** The lag is looked at each second: below two looks it is none. */
const noticedMs = 2_000;

const clocks: Readonly<Record<Pipeline['clock']['mode'], string>> = {
  wall: "this machine's time",
  source: 'set by the source',
  data: 'newest event',
};

/** Is the machine well, and how old is what I see. */
export function PipelineStrip() {
  const snapshot = useLive((state) => shownOf(state, 'pipeline'));
  const zone = useLive((state) => shownOf(state, 'headline')?.data.timeZone ?? 'UTC');
  return (
    <Region room="pipeline" title="Pipeline" className="pipeline">
      {snapshot ? <Strip data={snapshot.data} zone={zone} /> : <Skeleton height={48} aria-hidden />}
    </Region>
  );
}

interface Fact {
  readonly name: string;
  readonly value: string;
  readonly note: string;
  readonly tone: 'plain' | 'good' | 'warn' | 'bad';
}

const shapes: Readonly<Record<Fact['tone'], Icon | null>> = {
  plain: null,
  good: IconCircleCheck,
  warn: IconCircleDashed,
  bad: IconAlertTriangle,
};

function Strip({ data, zone }: { readonly data: Pipeline; readonly zone: string }) {
  const now = useNow(1_000);
  return (
    <>
      <dl className="strip">
        {factsOf(data, zone, now).map(({ name, value, note, tone }) => {
          const Shape = shapes[tone];
          return (
            <div key={name} data-testid={`pipeline-${name.toLowerCase().replace(' ', '-')}`}>
              <dt>{name}</dt>
              <dd data-tone={tone}>
                {Shape && <Shape size={14} aria-hidden />}
                {value}
              </dd>
              <dd className="note">{note}</dd>
            </div>
          );
        })}
      </dl>
      {data.alarms.length > 0 && <AlarmList alarms={data.alarms} now={now} />}
    </>
  );
}

/** @param now this machine's clock: audits and alarms are of its time, not of the shop's */
function factsOf(data: Pipeline, zone: string, now: number): Fact[] {
  const { state, lag, waitingMs, deadLetters, audit, clock } = data;
  const pace = clock.speed === 0 ? ', stands still' : `, ${countText(clock.speed ?? 1)}x real time`;
  const speed = clock.speed === null || clock.speed === 1 ? '' : pace;
  return [
    lagOf(lag, waitingMs, state),
    {
      name: 'Dead letters',
      value: countText(deadLetters),
      note: deadLetters === 0 ? 'none refused' : 'messages refused, each with its reason',
      tone: deadLetters === 0 ? 'good' : 'warn',
    },
    audit === null
      ? { name: 'Audit', value: 'Not yet', note: 'it runs every few seconds', tone: 'plain' }
      : {
          name: 'Audit',
          value: audit.ok ? 'Exact' : 'Differs',
          note: `checked ${ageText(now - Date.parse(audit.at))} ago`,
          tone: audit.ok ? 'good' : 'bad',
        },
    {
      name: 'Shop clock',
      value: clock.now !== null ? instantText(clock.now, zone) : clock.mode === 'source' ? 'Not started' : 'No event yet',
      note: clock.now === null && clock.mode === 'source' ? 'the source sends its history first' : `${clocks[clock.mode]}${speed}`,
      tone: 'plain',
    },
  ];
}

/** A lag is a time: how many messages are on their way says only how much the shop sells. */
function lagOf(messages: number, waitingMs: number, state: string): Fact {
  if (state === brokerAway) {
    return { name: 'Lag', value: 'Not known', note: `figures stand still until Kafka answers; ${state}`, tone: 'bad' };
  }
  if (waitingMs < noticedMs) {
    return {
      name: 'Lag',
      value: 'None',
      note: `${messages === 0 ? 'nothing waits' : `${countText(messages)} on the way`}; ${state}`,
      tone: 'good',
    };
  }
  return {
    name: 'Lag',
    value: ageText(waitingMs),
    note: `${countText(messages)} messages wait; ${state}`,
    tone: waitingMs > behindAfterMs ? 'warn' : 'plain',
  };
}
