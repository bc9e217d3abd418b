import { deliveryChannelBody, type DeliveryChannel } from '#contracts';
import { meeting } from '#testing';
import { DeliveryChannelRepository, type Shop } from '#warehouse';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DeliveryRig } from '../sender/rig.testing.js';
import { ChannelsService } from './channels.service.js';

let store: Awaited<ReturnType<typeof DeliveryRig.store>>;
let shop: Shop;

beforeAll(async () => {
  store = await DeliveryRig.store();
  ({ shop } = await DeliveryRig.open(store.clickhouse, 'channelled'));
});
afterAll(() => store.close());

const body = (name: string) => deliveryChannelBody.parse({ kind: 'slack', name, secret: 'slack', revision: 0 });

/** What is standing, and what each of two people who put a channel at once was told. */
async function putAtOnce(
  id: string,
  ann: ChannelsService,
  bob: ChannelsService,
): Promise<{ readonly name: string; readonly told: string[] }> {
  const answers = await Promise.allSettled([ann.put(shop, id, body('of ann'), 'ann'), bob.put(shop, id, body('of bob'), 'bob')]);
  const wordsOf = (answer: PromiseSettledResult<DeliveryChannel>): string =>
    answer.status === 'fulfilled' ? answer.value.name : (answer.reason as Error).message;
  return { name: (await ann.find(shop, id)).name, told: answers.map(wordsOf) };
}
const lost = (id: string, to: string) => `Channel ${id} is not at revision 0: ${to} put revision 1. Read it again, then put your change.`;

it('of two who put one revision at once one is told that the other was first', async () => {
  const channels = new ChannelsService(new DeliveryChannelRepository(store.clickhouse));
  expect(await putAtOnce('one', channels, channels)).toEqual({ name: 'of ann', told: ['of ann', lost('one', 'ann')] });
});

it('so it is where they ask two processes that both have looked before either wrote', async () => {
  const repository = new DeliveryChannelRepository(store.clickhouse);
  const [looked, written] = [meeting(2), meeting(2)];
  const another = (): ChannelsService =>
    new ChannelsService({
      all: (of) => repository.all(of),
      add: async (of, channel) => {
        await looked();
        await repository.add(of, channel);
        await written();
      },
    });
  const { name, told } = await putAtOnce('two', another(), another());
  // Which of the two is first the store says, to both alike.
  expect(told).toEqual(name === 'of ann' ? [name, lost('two', 'ann')] : [lost('two', 'bob'), name]);
});
