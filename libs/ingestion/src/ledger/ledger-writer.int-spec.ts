import { sql, type ClickHouse, openEmbedded, ident } from '#clickhouse';
import { LedgerRepository, ShopRepository, type Shop } from '#warehouse';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Alarms } from '#alarms';
import type { TruncationPolicy } from './known-topics.js';
import { LedgerWriter } from './ledger-writer.js';

let directory: string;
let clickhouse: ClickHouse;
let shop: Shop;
let ledger: LedgerRepository;
let alarms: Alarms;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tideline-writer-'));
  clickhouse = await openEmbedded(directory);
  const shops = new ShopRepository(clickhouse);
  await shops.prepareSystem();
  shop = await shops.register({ shop: 'probe', timeZone: 'UTC', currency: 'GBP', fiscalYearStart: 1, clockMode: 'data' });
  await shops.prepare(shop);
  ledger = new LedgerRepository(clickhouse);
});
afterAll(async () => {
  await clickhouse.close();
  await rm(directory, { recursive: true, force: true });
});

function writer(policy: TruncationPolicy): LedgerWriter {
  alarms = new Alarms();
  return new LedgerWriter(shop, ledger, alarms, policy, { placed: () => undefined, waiting: () => undefined, written: () => undefined });
}
const bounds = (partition: number, start: number, end: number) => ({
  topic: 'probe.transactions.v1',
  partition,
  start: BigInt(start),
  end: BigInt(end),
});
/** Messages of a topic that was made at some moment: made anew it holds the same ones with other timestamps. */
const batchOf = (madeAt: Date, partition: number, ...offsets: number[]) => ({
  topic: 'probe.transactions.v1',
  partition,
  messages: offsets.map((offset) => ({ offset: BigInt(offset), key: null, value: Buffer.from('no json'), timestamp: madeAt })),
});
const batch = (partition: number, ...offsets: number[]) => batchOf(new Date('2026-01-01T00:00:00Z'), partition, ...offsets);
const batchAnew = (partition: number, ...offsets: number[]) => batchOf(new Date('2026-01-02T00:00:00Z'), partition, ...offsets);
/** Hands a batch over and waits for it. */
async function durable(target: LedgerWriter, each: ReturnType<typeof batch>): Promise<void> {
  await (
    await target.write('transactions.v1', each)
  ).durable;
}
async function spans(partition: number): Promise<unknown[]> {
  return (await ledger.spans(shop))
    .filter((span) => span.partition === partition)
    .map(({ epoch, first, last, distinct, missing }) => [epoch, first, last, distinct, missing].map(Number));
}

it('goes on where the ledger ends, and leaves out what it already holds', async () => {
  const first = writer('halt');
  expect(await first.startAt('transactions.v1', 0, bounds(0, 0, 9))).toBe(0n);
  await durable(first, batch(0, 0, 1, 2));
  const second = writer('halt');
  // The last one is asked for again, to be compared.
  expect(await second.startAt('transactions.v1', 0, bounds(0, 0, 9))).toBe(2n);
  await durable(second, batch(0, 2, 3, 4));
  expect(await spans(0)).toEqual([[1, 0, 4, 5, 0]]);
  expect(await clickhouse.query(sql`SELECT count() AS rows FROM ${ident(shop.database, 'ledger_transactions')}`)).toEqual([{ rows: '5' }]);
});

it('writes a gap and raises an alarm when the broker deleted what was not read', async () => {
  const target = writer('halt');
  await target.startAt('transactions.v1', 1, bounds(1, 0, 9));
  await durable(target, batch(1, 0, 1));
  expect(await target.startAt('transactions.v1', 1, bounds(1, 7, 9))).toBe(7n);
  expect(alarms.list().map(({ code, subject }) => [code, subject])).toEqual([['gap', 'transactions.v1/1']]);
  await durable(target, batch(1, 7, 8));
  expect(await spans(1)).toEqual([[1, 0, 8, 4, 5]]);
  expect(await ledger.deadLetters(shop)).toContainEqual({ topic: 'transactions.v1', reason: 'lost-by-retention', messages: '1' });
});

it('fills offsets that the broker never hands out, so that the count of offsets adds up', async () => {
  const target = writer('halt');
  await target.startAt('transactions.v1', 2, bounds(2, 0, 9));
  await durable(target, batch(2, 0, 3));
  expect(await spans(2)).toEqual([[1, 0, 3, 2, 2]]);
});

it('halts, or opens a new epoch, when the broker ends below the ledger', async () => {
  const target = writer('halt');
  await target.startAt('transactions.v1', 3, bounds(3, 0, 9));
  await durable(target, batch(3, 0, 1, 2));
  await expect(target.startAt('transactions.v1', 3, bounds(3, 0, 2))).rejects.toMatchObject({ code: 'ledger-ahead', retryable: false });

  const embedded = writer('new-epoch');
  expect(await embedded.startAt('transactions.v1', 3, bounds(3, 0, 2))).toBe(0n);
  expect(alarms.list().map(({ code }) => code)).toEqual(['new-epoch']);
  await durable(embedded, batch(3, 0, 1));
  expect(await spans(3)).toEqual([
    [1, 0, 2, 3, 0],
    [2, 0, 1, 2, 0],
  ]);
  expect(await writer('halt').startAt('transactions.v1', 3, bounds(3, 0, 2))).toBe(1n);
});

it('opens a new epoch when the topic was made anew and filled beyond the end of the ledger', async () => {
  const embedded = writer('new-epoch');
  await embedded.startAt('transactions.v1', 7, bounds(7, 0, 9));
  await durable(embedded, batch(7, 0, 1, 2));
  expect(await embedded.startAt('transactions.v1', 7, bounds(7, 0, 6))).toBe(2n);
  await expect(embedded.write('transactions.v1', batchAnew(7, 2, 3, 4, 5))).rejects.toMatchObject({ code: 'ledger-ahead' });
  expect(await embedded.startAt('transactions.v1', 7, bounds(7, 0, 6))).toBe(0n);
  expect(alarms.list().map(({ code, subject }) => [code, subject])).toEqual([['new-epoch', 'transactions.v1/7']]);
  await durable(embedded, batchAnew(7, 0, 1, 2, 3, 4, 5));
  expect(await spans(7)).toEqual([
    [1, 0, 2, 3, 0],
    [2, 0, 5, 6, 0],
  ]);
  expect(await embedded.startAt('transactions.v1', 7, bounds(7, 0, 6))).toBe(5n);
  await durable(embedded, batchAnew(7, 5));
  expect((await spans(7)).length).toBe(2);
});

it('halts at a topic that was made anew and filled, goes on when the right one is back, or when somebody accepts the other one', async () => {
  const target = writer('halt');
  const halted = () => alarms.list().map(({ code }) => code);
  const begin = () => target.startAt('transactions.v1', 8, bounds(8, 0, 6));
  await begin();
  await durable(target, batch(8, 0, 1, 2));
  for (let time = 0; time < 2; time += 1) {
    expect(await begin()).toBe(2n);
    await expect(target.write('transactions.v1', batchAnew(8, 2, 3))).rejects.toMatchObject({ code: 'ledger-ahead' });
    expect(halted()).toEqual(['ledger-ahead']);
  }
  await begin();
  await durable(target, batch(8, 2, 3));
  expect(halted()).toEqual([]);
  // One that has no message at that offset is another one, too.
  await begin();
  await expect(target.write('transactions.v1', batchAnew(8, 4))).rejects.toMatchObject({ code: 'ledger-ahead' });
  target.accept('transactions.v1', 8);
  expect(await begin()).toBe(0n);
  await durable(target, batchAnew(8, 0, 1, 2, 3, 4));
  expect(halted()).toEqual(['new-epoch']);
  expect(await spans(8)).toEqual([
    [1, 0, 3, 4, 0],
    [2, 0, 4, 5, 0],
  ]);
});

it('remembers a new epoch before its first message: the new topic may have grown past the old end when the process starts again', async () => {
  const embedded = writer('new-epoch');
  await embedded.startAt('transactions.v1', 6, bounds(6, 0, 9));
  await durable(embedded, batch(6, 0, 1));
  expect(await embedded.startAt('transactions.v1', 6, bounds(6, 0, 0))).toBe(0n);
  const restarted = writer('halt');
  expect(await restarted.startAt('transactions.v1', 6, bounds(6, 0, 3))).toBe(0n);
  await durable(restarted, batch(6, 0, 1, 2));
  expect(await spans(6)).toEqual([
    [1, 0, 1, 2, 0],
    [2, 0, 2, 3, 0],
  ]);
  // It is no message, and none that is missing.
  expect((await ledger.deadLetters(shop)).filter(({ reason }) => reason === 'new-epoch')).toEqual([]);
});

it('takes on while a batch waits, and writes those of a partition together when asked', async () => {
  const target = writer('halt');
  await target.startAt('transactions.v1', 4, bounds(4, 0, 9));
  const kept = [await target.write('transactions.v1', batch(4, 0, 1)), await target.write('transactions.v1', batch(4, 2))];
  expect(await spans(4)).toEqual([]);
  await target.flush();
  await Promise.all(kept.map((each) => each.durable));
  expect(await spans(4)).toEqual([[1, 0, 2, 3, 0]]);
});

it('loses with a batch what it took after it, and takes nothing more before it was asked where to go on', async () => {
  const target = writer('halt');
  const table = ident(shop.database, 'ledger_transactions');
  const away = ident(shop.database, 'ledger_transactions_away');
  await target.startAt('transactions.v1', 5, bounds(5, 0, 9));
  await durable(target, batch(5, 0));
  await clickhouse.command(sql`RENAME TABLE ${table} TO ${away}`);
  const ended = (each: Promise<unknown>) =>
    each.then(
      () => 'durable',
      () => 'lost',
    );
  const lost = ended((await target.write('transactions.v1', batch(5, 1, 2))).durable);
  const flushing = target.flush();
  const after = ended(target.write('transactions.v1', batch(5, 3)).then((each) => each.durable));
  await flushing;
  await clickhouse.command(sql`RENAME TABLE ${away} TO ${table}`);
  await target.flush();
  expect([await lost, await after]).toEqual(['lost', 'lost']);
  await expect(target.write('transactions.v1', batch(5, 4))).rejects.toThrow();
  expect(await spans(5)).toEqual([[1, 0, 0, 1, 0]]);
  expect(await target.startAt('transactions.v1', 5, bounds(5, 0, 9))).toBe(0n);
  await durable(target, batch(5, 0, 1, 2, 3, 4));
  expect(await spans(5)).toEqual([[1, 0, 4, 5, 0]]);
});

it('writes all that was taken when it is asked to, judged or not', async () => {
  const target = writer('halt');
  await target.startAt('transactions.v1', 50, bounds(50, 0, 900));
  const offsets = Array.from({ length: 450 }, (_, index) => index);
  const taken = [offsets.slice(0, 440), offsets.slice(440)].map((part) => target.write('transactions.v1', batch(50, ...part)));
  await target.flush();
  expect(await spans(50)).toEqual([[1, 0, 449, 450, 0]]);
  for (const { durable: each } of await Promise.all(taken)) await each;
});

it('takes nothing after a batch that could not be judged: it would stand behind a hole', async () => {
  const target = writer('halt');
  await target.startAt('transactions.v1', 51, bounds(51, 0, 9));
  const before = await target.write('transactions.v1', batch(51, 0));
  const broken = batch(51, 1, 2);
  broken.messages[1] = { ...broken.messages[1], timestamp: undefined } as never;
  const taken = [broken, batch(51, 3, 4)].map((each) => target.write('transactions.v1', each).then(({ durable: kept }) => kept));
  for (const { status } of await Promise.allSettled(taken)) expect(status).toBe('rejected');
  await before.durable;
  await target.flush();
  expect(await spans(51)).toEqual([[1, 0, 0, 1, 0]]);
  // Both come again, from where the ledger ends.
  expect(await target.startAt('transactions.v1', 51, bounds(51, 0, 9))).toBe(0n);
  await durable(target, batch(51, 0, 1, 2, 3, 4));
  expect(await spans(51)).toEqual([[1, 0, 4, 5, 0]]);
});

it('knows where to go on only when all that it took has ended', async () => {
  const target = writer('halt');
  await target.startAt('transactions.v1', 52, bounds(52, 0, 900));
  const offsets = Array.from({ length: 600 }, (_, index) => index);
  const taken = target.write('transactions.v1', batch(52, ...offsets));
  expect(await target.startAt('transactions.v1', 52, bounds(52, 0, 900))).toBe(599n);
  await (
    await taken
  ).durable;
});
