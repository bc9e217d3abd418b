import { deliveryChannelBody, type DeliveryChannel } from '#contracts';
import type { StoredChannel } from '#warehouse';
import { faultsOf, jsonOf } from '../outbox/stored-json.js';

/** A revision of a channel; when it was put as Unix milliseconds. */
export type ChannelRevision = DeliveryChannel & { readonly writtenAt: number };

/** Stands for a channel of which nothing can be read; it is off, and putting it anew mends it. */
const unknownChannel = deliveryChannelBody.parse({ kind: 'slack', name: 'cannot be read', secret: 'unknown', revision: 0 });

/** Every revision of every channel of a shop. */
export class ChannelBook {
  readonly #revisions: ReadonlyMap<string, readonly ChannelRevision[]>;
  /** Revisions that cannot be read, with why: what they would say is not known, so from then on the channel is off. */
  readonly unreadable: readonly string[];

  /** A field that a later version added has its default in what was stored before. @param stored by channel and revision */
  constructor(stored: readonly StoredChannel[]) {
    const revisions = new Map<string, ChannelRevision[]>();
    const unreadable: string[] = [];
    for (const { channel, revision, body, by, writtenAt } of stored) {
      const putAt = new Date(writtenAt).toISOString();
      const read = deliveryChannelBody.safeParse(jsonOf(body));
      const own = revisions.get(channel) ?? [];
      const last = own.at(-1) ?? { ...unknownChannel, id: channel };
      const said = read.success ? read.data : { ...last, on: false };
      if (!read.success) unreadable.push(`${channel}, revision ${revision}: ${faultsOf(read.error)}`);
      revisions.set(channel, [...own, { ...said, id: channel, revision, by, putAt, writtenAt }]);
    }
    this.unreadable = unreadable;
    this.#revisions = revisions;
  }

  /** The newest revision of each, by id. */
  newest(): ChannelRevision[] {
    return [...this.#revisions.values()].flatMap((each) => each.slice(-1)).sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  find(id: string): ChannelRevision | undefined {
    return this.#revisions.get(id)?.at(-1);
  }

  /**
   * Channels as they were at an instant of the wall clock, without those that were off. So a channel tells nothing of before it was put,
   * and nothing of while it was off, however late the outbox comes to it.
   */
  at(instant: number): ChannelRevision[] {
    return [...this.#revisions.values()]
      .flatMap((each) => each.findLast(({ writtenAt }) => writtenAt <= instant) ?? [])
      .filter(({ on }) => on);
  }
}

/** A channel as the API shows it. */
export function shownChannel({ writtenAt: _, ...channel }: ChannelRevision): DeliveryChannel {
  return channel;
}
