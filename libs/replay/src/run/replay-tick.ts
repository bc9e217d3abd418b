import { topicOf, topics, type ClockTick } from '#contracts';
import type { LedgerTopic, ReplayPlace, Shop } from '#warehouse';

/** Ticks are the replay's own. They stand in a partition beside those of the topic, where nothing of the source comes. */
export const tickPlace = { topic: 'clock.v1', partition: topics['clock.v1'].partitions } as const;

/** A partition of the sandbox's ledger as a tick names it. */
export function placeName(shop: Pick<Shop, 'shop'>, topic: LedgerTopic, partition: number): string {
  return `${topicOf(shop.shop, topic)}-${partition}`;
}

/**
 * The instant up to which the ledger holds everything, and nothing more, once some messages are in it; null when there is none.
 * @param rows the messages, in order
 * @param next the message that follows; undefined at the end
 * @param due up to when messages were taken; Infinity when all were
 * @param plan where the sandbox's clock starts and ends; null: it has no time, as its source has none. At its end it stands only when
 *   all is there, which is looked at apart
 */
export function reachedBy(
  rows: readonly Pick<ReplayPlace, 'at'>[],
  next: Pick<ReplayPlace, 'at'> | undefined,
  due: number,
  { startsAt, endsAt }: { readonly startsAt: number | null; readonly endsAt: number | null },
): number | null {
  if (endsAt === null) return null;
  const last = rows.at(-1);
  const reached = next === undefined || next.at > due ? due : last && next.at > last.at ? last.at : null;
  return reached !== null && reached >= (startsAt ?? endsAt) && reached < endsAt ? reached : null;
}

/** A tick as it would stand on the topic. @param offsets the next offset of each `topic/partition` */
export function tickMessage(
  shop: Pick<Shop, 'shop'>,
  source: string,
  now: number,
  speed: number,
  offsets: ReadonlyMap<string, bigint>,
): Buffer {
  const instant = new Date(now).toISOString();
  const data: ClockTick = {
    now: instant,
    speed,
    offsets: Object.fromEntries(
      [...offsets].map(([place, next]) => {
        const [topic, partition] = place.split('/') as [LedgerTopic, string];
        return [placeName(shop, topic, Number(partition)), next.toString()];
      }),
    ),
  };
  const about = { specversion: '1.0', id: `clock/${now}`, source: `/tideline/replay/${source}`, subject: 'clock' };
  return Buffer.from(JSON.stringify({ ...about, type: 'tideline.clock.ticked.v1', time: instant, recordedtime: instant, data }));
}
