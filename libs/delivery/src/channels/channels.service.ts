import type { DeliveryChannel, DeliveryChannelBody } from '#contracts';
import type { DeliveryChannelRepository, Shop } from '#warehouse';
import { DeliveryError } from '../delivery.errors.js';
import { ChannelBook, shownChannel, type ChannelRevision } from './channel-book.js';

/** Channels of a shop, read and put. */
export class ChannelsService {
  #lastPut: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly channels: Pick<DeliveryChannelRepository, 'all' | 'add'>,
    private readonly now: () => number = Date.now,
  ) {}

  async list(shop: Shop): Promise<DeliveryChannel[]> {
    return (await this.book(shop)).newest().map(shownChannel);
  }

  /** @throws {DeliveryError} `channel-unknown` */
  async find(shop: Shop, id: string): Promise<DeliveryChannel> {
    const book = await this.book(shop);
    const channel = book.find(id);
    if (channel) return shownChannel(channel);
    const known = book.newest().map((each) => each.id);
    const words = known.length === 0 ? 'There is none yet' : `There are: ${known.join(', ')}`;
    throw new DeliveryError('channel-unknown', `${shop.shop} has no channel ${id}. ${words}.`);
  }

  /**
   * Puts the next revision of a channel, or the first one. What is decided from now on goes by it; what waits is sent as it says.
   * One is put after the other: between look and write lies a pause in which a second one would see what the first one saw.
   * @throws {DeliveryError} `channel-changed` when somebody put another revision since `body.revision` was read
   */
  put(shop: Shop, id: string, body: DeliveryChannelBody, by: string): Promise<DeliveryChannel> {
    const put = this.#lastPut.then(() => this.putNext(shop, id, body, by));
    this.#lastPut = put.catch(() => undefined);
    return put;
  }

  private async putNext(shop: Shop, id: string, { revision: seen, ...body }: DeliveryChannelBody, by: string): Promise<DeliveryChannel> {
    const before = (await this.book(shop)).find(id);
    const current = before?.revision ?? 0;
    if (seen !== current) throw changed(id, seen, before);
    // Revisions follow one another in time, whatever the clock does.
    const writtenAt = Math.max(this.now(), (before?.writtenAt ?? -1) + 1);
    const revision = current + 1;
    const said = JSON.stringify({ ...body, revision });
    await this.channels.add(shop, { channel: id, revision, body: said, by, writtenAt });
    // Another process may have put one in the same moment: the first of the two counts, and who put the other one must know. One that is
    // stamped earlier and comes later than this look is not seen: the store orders them, and nothing locks it.
    const standing = (await this.channels.all(shop)).find((each) => each.channel === id && each.revision === revision);
    if (standing?.by !== by || standing.body !== said) throw changed(id, seen, standing);
    return this.find(shop, id);
  }

  private async book(shop: Shop): Promise<ChannelBook> {
    return new ChannelBook(await this.channels.all(shop));
  }
}

/** @param seen the revision that whoever puts has read; @param standing the one that stands in its place */
function changed(id: string, seen: number, standing: Pick<ChannelRevision, 'by' | 'revision'> | undefined): DeliveryError {
  const who = standing ? `${standing.by} put revision ${standing.revision}` : 'there is none yet, which is revision 0';
  return new DeliveryError('channel-changed', `Channel ${id} is not at revision ${seen}: ${who}. Read it again, then put your change.`);
}
