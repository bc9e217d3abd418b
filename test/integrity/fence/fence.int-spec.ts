import { openEmbedded, type ClickHouse } from '#clickhouse';
import { anOrder, arrivals, seededShop, type TestMessage } from '#testing';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Duel } from './duel.js';
import { stopped } from './rounds.js';

// Two refreshers of one shop. The command `fence` stops one before each of its writes; here before those that did the most harm.

let directory: string;
let clickhouse: ClickHouse;
let duel: Duel;
const scenario = seededShop(31, { timeZone: 'Europe/London', orders: 80 });
const messages = arrivals(31, scenario.messages, { shuffle: true });
let taken = 0;

function some(count = 25): TestMessage[] {
  return messages.slice(taken, (taken += count));
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tideline-fence-'));
  clickhouse = await openEmbedded(directory);
  duel = await Duel.open(clickhouse, 'duel', scenario.shop);
});
afterAll(async () => {
  await clickhouse.close();
  await rm(directory, { recursive: true, force: true });
});

it.each([
  ['step', /dim_customer_keys/, 'claim-lost'],
  // A row of an earlier claim is not the newest one, so this needs no fence; the checkpoint after it has one.
  ['step', /watermark_live/, 'claim-lost'],
  ['settle', /watermark$/, 'claim-lost'],
] as const)('a refresher that was stopped in a %s before %s harms nothing when it wakes', async (phase, write, ended) => {
  const round = await stopped(duel, phase, (each) => write.test(each), { during: some(), after: some(), handed: phase === 'step' });
  expect(round).toEqual({ write: expect.stringMatching(write) as string, ended, differences: 0 });
});

it('shows nothing of what the one before it had written beyond its own watermark', async () => {
  const [first, second] = [duel.contender('first'), duel.contender('second')];
  await first.refresher.claim();
  await first.refresher.catchUp();
  await duel.arrive(some(80));
  while (await first.refresher.step());
  await second.refresher.claim();
  await second.refresher.step();
  expect(await duel.differencesAtItsWatermark(second)).toEqual([]);
});

it('leaves the work tables of the one that took over alone', async () => {
  const [first, second] = [duel.contender('first'), duel.contender('second')];
  await first.refresher.claim();
  await first.refresher.catchUp();
  await duel.arrive(some());
  while (await first.refresher.step());
  const stopped = duel.begin(first, 'settle', (write) => write.startsWith('TRUNCATE scratch_customers'));
  await stopped.held.reached;
  await second.refresher.claim();
  await duel.arrive(some());
  while (await second.refresher.step());
  const settling = duel.begin(second, 'settle', (write) => write === 'INSERT agg_customer_month');
  await settling.held.reached;
  stopped.held.release();
  expect(await stopped.ended).toBe('claim-lost');
  settling.held.release();
  expect(await settling.ended).toBe('done');
  await second.refresher.catchUp();
  expect(await duel.differences(second)).toEqual([]);
});

it('gives way to one that claims late, and takes the shop back when it is its turn', async () => {
  const [first, second] = [duel.contender('first'), duel.contender('second')];
  const held = first.store.hold((write) => write === 'INSERT claims');
  const claiming = first.refresher.claim();
  await held.reached;
  await second.refresher.claim();
  await second.refresher.catchUp();
  held.release();
  await claiming;
  await duel.arrive(some());
  await expect(second.refresher.step()).rejects.toMatchObject({
    code: 'claim-lost',
    message: expect.stringContaining('(first)') as string,
  });
  await second.refresher.claim();
  await expect(first.refresher.step()).rejects.toMatchObject({ code: 'claim-lost', retryable: true });
  await second.refresher.catchUp();
  expect(await duel.differences(second)).toEqual([]);
});

it('does a step again under a new claim when it does not know how a statement ended', async () => {
  const one = duel.contender('one');
  await one.refresher.claim();
  await one.refresher.catchUp();
  await duel.arrive(some());
  await duel.arrive([anOrder({ orderId: 'late', customerId: 'nobody-yet', currency: scenario.shop.currency })]);
  const arrive = one.store.cut((write) => write === 'INSERT dim_customer_keys');
  await expect(one.refresher.catchUp()).rejects.toMatchObject({ code: 'engine-unavailable' });
  await one.refresher.catchUp();
  expect(await arrive()).toBe(469);
  expect(await duel.differences(one)).toEqual([]);
});

it.each([
  ['live', 'INSERT watermark_live'],
  ['settled', 'INSERT watermark'],
] as const)('is whole again for its readers after it did not hear that the watermark of the %s level was written', async (level, write) => {
  const one = duel.contender('one');
  const stamp = async (): Promise<{ partial: boolean; generation: string }> =>
    (await one.gate.read(duel.shop, () => Promise.resolve(), level)).stamp;
  await one.refresher.claim();
  await one.refresher.catchUp();
  const before = (await stamp()).generation;
  await duel.arrive(some(1));
  const arrive = one.store.cut((each) => each === write);
  await expect(one.refresher.catchUp()).rejects.toMatchObject({ code: 'engine-unavailable' });
  expect(await arrive()).toBeUndefined();
  expect((await stamp()).partial).toBe(true);
  // There is nothing left in the ledger that would move it.
  await one.refresher.catchUp();
  const { watermark, live } = one.refresher;
  expect(await stamp()).toMatchObject({ partial: false, generation: String((level === 'live' ? live : watermark)?.generation) });
  // Whoever kept the headline of before is not told that nothing came to it.
  if (level === 'live') expect(one.gate.added(duel.shop, before)).toBeUndefined();
  expect(await duel.differences(one)).toEqual([]);
});

it('is whole again for its readers after an exchange of its tables that could not claim the shop', async () => {
  const one = duel.contender('one');
  const partial = async (): Promise<boolean[]> =>
    Promise.all(
      (['live', 'settled'] as const).map(async (level) => (await one.gate.read(duel.shop, () => Promise.resolve(), level)).stamp.partial),
    );
  await one.refresher.claim();
  await one.refresher.catchUp();
  const arrive = one.store.cut((write) => write === 'INSERT claims');
  await expect(one.refresher.replace(() => Promise.resolve())).rejects.toMatchObject({ code: 'engine-unavailable' });
  // It was taken, and the refresher did not hear of it: its own next write is not that of another one.
  expect(await arrive()).toBeUndefined();
  expect(await partial()).toEqual([true, true]);
  await one.refresher.catchUp();
  expect(await partial()).toEqual([false, false]);
});
