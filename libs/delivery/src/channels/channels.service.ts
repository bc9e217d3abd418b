import type { DeliveryChannel, DeliveryChannelBody } from '#contracts';
import type { DeliveryChannelRepository, Shop } from '#warehouse';
import { DeliveryError } from '../delivery.errors.js';
import { ChannelBook, shownChannel } from './channel-book.js';

/** Channels of a shop, read and put. */
export class ChannelsService {
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
   * @throws {DeliveryError} `channel-changed` when somebody put another revision since `body.revision` was read
   */
  async put(shop: Shop, id: string, body: DeliveryChannelBody, by: string): Promise<DeliveryChannel> {
    const before = (await this.book(shop)).find(id);
    const current = before?.revision ?? 0;
    if (body.revision !== current) {
      const who = before ? `${before.by} put revision ${current}` : 'there is none yet, which is revision 0';
      throw new DeliveryError(
        'channel-changed',
        `Channel ${id} is not at revision ${body.revision}: ${who}. Read it again, then put your change.`,
      );
    }
    // Revisions follow one another in time, whatever the clock does.
    const writtenAt = Math.max(this.now(), (before?.writtenAt ?? -1) + 1);
    const revision = current + 1;
    await this.channels.add(shop, { channel: id, revision, body: JSON.stringify({ ...body, revision }), by, writtenAt });
    return this.find(shop, id);
  }

  private async book(shop: Shop): Promise<ChannelBook> {
    return new ChannelBook(await this.channels.all(shop));
  }
}
