import type { RoomName } from '#contracts';
import { Alert } from '@mantine/core';
import { IconAlertTriangle } from '../icons.js';
import type { ReactNode } from 'react';
import { ageText, instantText } from '../format/times.js';
import { shownOf, type Trouble } from '../live/live.state.js';
import { useLive, useNow } from '../live/use-live.js';

interface RegionProps {
  readonly room: RoomName;
  readonly title: string;
  readonly className?: string;
  /** Beside the title: a legend. */
  readonly aside?: ReactNode;
  readonly children: ReactNode;
}

/** A panel of a room: a title, its content, what went wrong with it, and how old it is. */
export function Region({ room, title, className, aside, children }: RegionProps) {
  const trouble = useLive((state) => state.rooms[room].trouble);
  return (
    <Panel name={room} title={title} className={className} aside={aside} trouble={trouble}>
      {children}
      <Freshness room={room} />
    </Panel>
  );
}

interface PanelProps {
  /** Of its test id, `region-<name>`. */
  readonly name: string;
  readonly title: string;
  readonly className?: string | undefined;
  readonly aside?: ReactNode;
  readonly trouble?: Trouble | null;
  readonly children: ReactNode;
}

/** A panel of a page: a title, its content, and what went wrong with it. */
export function Panel({ name, title, className, aside, trouble, children }: PanelProps) {
  return (
    <section className={`panel ${className ?? ''}`} aria-label={title} data-testid={`region-${name}`}>
      <div className="panel-head">
        <h2>{title}</h2>
        {aside}
      </div>
      {trouble && <TroubleNote trouble={trouble} />}
      {children}
    </section>
  );
}

export function TroubleNote({ trouble }: { readonly trouble: Trouble }) {
  return (
    <Alert className="trouble" color="red" variant="light" icon={<IconAlertTriangle size={16} aria-hidden />} data-testid="trouble">
      {trouble.detail} <span className="code">{trouble.code}</span>
    </Alert>
  );
}

/** The zone that times of a room stand in; the pipeline has none of its own. */
function zoneOf(room: RoomName) {
  return (state: Parameters<typeof shownOf>[0]): string => {
    const snapshot = state.rooms[room].shown?.snapshot;
    return snapshot && snapshot.name !== 'pipeline' ? snapshot.data.timeZone : (shownOf(state, 'headline')?.data.timeZone ?? 'UTC');
  };
}

/**
 * How old a panel's figures are: the shop's time they stand at, and when they came. The generation is for engineers: the pipeline shows
 * it, the other panels tell it to who points at them.
 */
export function Freshness({ room }: { readonly room: RoomName }) {
  const received = useLive((state) => state.rooms[room].shown);
  const zone = useLive(zoneOf(room));
  const now = useNow(1_000);
  if (!received) return <p className="freshness">No figures yet</p>;
  const { asOf, generation, lagMs, partial, seq } = received.snapshot;
  const lag = lagMs === null ? '' : ` Their newest event was in the ledger ${Math.round(lagMs)} ms before.`;
  return (
    <p
      className="freshness"
      data-testid={`freshness-${room}`}
      data-generation={generation}
      title={`Generation ${generation}, snapshot ${seq}.${lag}`}
    >
      <span>{asOf === null ? 'no shop time yet' : `as of ${instantText(asOf, zone)}`}</span>
      {room === 'pipeline' && <span>generation {generation}</span>}
      <span>age {ageText(now - received.at)}</span>
      {partial && <strong>may mix two generations</strong>}
    </p>
  );
}
