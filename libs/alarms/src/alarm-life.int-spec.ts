import { openEmbedded, type ClickHouse } from '#clickhouse';
import { AlarmLogRepository, ShopRepository, type AlarmRow, type Shop } from '#warehouse';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AlarmBook } from './alarm-book.js';
import { AlarmKeeper, lostMs, standsMs } from './alarm-keeper.js';
import type { AlarmStep } from './alarm-teller.js';
import { Alarms } from './alarms.js';
import { AlarmsService } from './alarms.service.js';
import { foldAlarm } from './kept-alarm.js';

// Alarms in the real store: whichever processes see them, are killed and start again, and whatever people say.

let directory: string;
let clickhouse: ClickHouse;
let shops: ShopRepository;
let shop: Shop;
let number = 0;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tideline-alarms-'));
  clickhouse = await openEmbedded(directory);
  shops = new ShopRepository(clickhouse);
  await shops.prepareSystem();
});
afterAll(async () => {
  await clickhouse.close();
  await rm(directory, { recursive: true, force: true });
});
beforeEach(async () => {
  number += 1;
  shop = await shops.register({ shop: `shop${number}`, timeZone: 'UTC', currency: 'EUR', fiscalYearStart: 1, clockMode: 'wall' });
});

class Log extends AlarmLogRepository {
  away = false;
  reads = 0;
  constructor(private readonly isShared: boolean) {
    super(clickhouse);
  }
  override get shared(): boolean {
    return this.isShared;
  }
  override live(): Promise<AlarmRow[]> {
    this.reads += 1;
    return super.live();
  }
  override async append(rows: readonly AlarmRow[]): Promise<void> {
    if (this.away) throw new Error('the store is away');
    await super.append(rows);
  }
}

/** What a process has of alarms; dropping it is its death. Its clock is the spec's. */
class Process {
  static clock = Date.now();
  readonly alarms = new Alarms();
  readonly log: Log;
  readonly book: AlarmBook;
  readonly keeper: AlarmKeeper;
  readonly service: AlarmsService;
  /** A shop of which nothing can be told. */
  deaf = '';

  constructor(
    name: string,
    readonly told: string[],
    { shared = false, list = () => Promise.resolve([shop]) }: { shared?: boolean; list?: () => Promise<Shop[]> } = {},
  ) {
    this.log = new Log(shared);
    // Each look asks the store anew.
    this.book = new AlarmBook(this.log, this.alarms, 'docs/operations.md', () => Process.clock * 1_000);
    const tell = (of: Shop, { step, code, since }: AlarmStep): Promise<void> => {
      const line = `${step} ${of.shop} ${code} ${since}`;
      if (of.shop === this.deaf) return Promise.reject(new Error('no outbox'));
      told.push(line);
      return Promise.resolve();
    };
    this.keeper = new AlarmKeeper({
      ...{ alarms: this.alarms, book: this.book, shops: { list }, teller: { tell }, process: name },
      logger: { warn: () => undefined },
      elapsed: () => Process.clock,
    });
    this.service = new AlarmsService({
      book: this.book,
      log: this.log,
      teller: { tell },
      look: (now) => this.keeper.look(now),
      now: () => Process.clock,
    });
  }

  look(afterMs = 0): Promise<void> {
    Process.clock += afterMs;
    return this.keeper.look(Process.clock);
  }

  /** Looks again and again, as the loop does. */
  async watch(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += 10_000) await this.look(10_000);
  }

  async live(): Promise<string[]> {
    return (await this.service.list(shop, { state: 'live', limit: 100 })).alarms.map(({ code, state }) => `${code} ${state}`);
  }

  async id(): Promise<string> {
    return (await this.service.list(shop, { state: 'live', limit: 1 })).alarms[0]?.alarmId ?? '';
  }
}

const failed = (process: Process, message = 'The disk is full.'): unknown =>
  process.alarms.raise('ledger-failed', shop.shop, 'ledger', message);
const gap = (process: Process, message = '7 messages were deleted.'): unknown =>
  process.alarms.raise('gap', shop.shop, 'transactions.v1/0', message);
const steps = (told: readonly string[]): string[] => told.map((line) => line.split(' ')[0] ?? '');

it('costs nothing while nothing is wrong: an engine of our own is read once', async () => {
  const one = new Process('one', []);
  for (let looks = 0; looks < 5; looks += 1) await one.look(1_000);
  expect(one.log.reads).toBe(1);
});

describe('an alarm whose cause goes', () => {
  it('is kept and told once it has stood for ten seconds, shown at once, and over with its cause', async () => {
    const told: string[] = [];
    const one = new Process('one', told);
    Process.clock = Date.now();
    failed(one);
    await one.look(standsMs - 1_000);
    expect([await one.live(), await one.id(), told]).toEqual([['ledger-failed open'], '', []]);
    await one.look(1_100);
    await one.look(1_000);
    const id = await one.id();
    expect([await one.live(), id.length, steps(told)]).toEqual([['ledger-failed open'], 32, ['raised']]);
    one.alarms.clear('ledger-failed', shop.shop, 'ledger');
    await one.look(1_000);
    expect([await one.live(), steps(told)]).toEqual([[], ['raised', 'cleared']]);
    const { alarm, log } = await one.service.show(shop, id);
    expect([alarm.state, alarm.runbook]).toEqual(['recovered', 'docs/operations.md#alarm-ledger-failed']);
    expect(log.map(({ step, detail }) => [step, detail])).toEqual([
      ['opened', 'The disk is full.'],
      ['recovered', 'Its cause is gone.'],
    ]);
    failed(one);
    await one.look(Date.now() - Process.clock + standsMs + 1_000);
    expect([await one.live(), steps(told)]).toEqual([['ledger-failed open'], ['raised', 'cleared', 'raised']]);
  });

  it('is the same alarm after a restart, with all that was said; over when its cause is not met again', async () => {
    const told: string[] = [];
    const one = new Process('one', told);
    Process.clock = Date.now() + standsMs + 1_000;
    failed(one);
    await one.look();
    const id = await one.id();
    await one.service.say(shop, id, { command: 'assign', assignee: 'ann' }, 'bob');
    const two = new Process('two', told);
    await two.look(1_000);
    expect(await two.live()).toEqual(['ledger-failed open']);
    failed(two, 'The disk is still full.');
    await two.look(standsMs);
    const { alarm } = await two.service.show(shop, id);
    expect([await two.id(), alarm.assignee, alarm.message, steps(told)]).toEqual([id, 'ann', 'The disk is still full.', ['raised']]);
    const three = new Process('three', told);
    await three.look(1_000);
    await three.watch(lostMs - 10_000);
    expect(await three.live()).toEqual(['ledger-failed open']);
    await three.watch(10_000);
    expect([await three.live(), steps(told)]).toEqual([[], ['raised', 'cleared']]);
  });

  it('is not told again by a process that meets it before its ten seconds', async () => {
    const told: string[] = [];
    const one = new Process('one', told);
    Process.clock = Date.now() + standsMs + 1_000;
    failed(one);
    await one.look();
    const id = await one.id();
    const two = new Process('two', told);
    Process.clock = Date.now();
    failed(two);
    await two.look();
    await one.service.say(shop, id, { command: 'acknowledge' }, 'ann');
    expect([await two.id(), (await two.service.show(shop, id)).alarm.state, steps(told)]).toEqual([id, 'acknowledged', ['raised']]);
    two.alarms.clear('ledger-failed', shop.shop, 'ledger');
    await two.look(1_000);
    await two.watch(lostMs);
    expect([await two.live(), steps(told)]).toEqual([[], ['raised', 'cleared']]);
  });

  it('outlives a store that was away for long: who could not look begins to watch anew', async () => {
    const told: string[] = [];
    const [one, two] = [new Process('one', told, { shared: true }), new Process('two', told, { shared: true })];
    Process.clock = Date.now() + standsMs + 1_000;
    failed(one);
    await one.look();
    await two.look();
    // Nobody can write, and nobody looks.
    Process.clock += 10 * lostMs;
    await two.look();
    expect(await two.live()).toEqual(['ledger-failed open']);
    await one.look(1_000);
    await two.watch(lostMs - 30_000);
    expect([await two.live(), steps(told)]).toEqual([['ledger-failed open'], ['raised']]);
  });

  it('ends though another one cannot be told of: a shop that cannot start has no outbox', async () => {
    const told: string[] = [];
    const broken = await shops.register({
      shop: `broken${number}`,
      timeZone: 'UTC',
      currency: 'EUR',
      fiscalYearStart: 1,
      clockMode: 'wall',
    });
    const one = new Process('one', told, { list: () => Promise.resolve([broken, shop]) });
    one.deaf = broken.shop;
    Process.clock = Date.now() + standsMs + 1_000;
    one.alarms.raise('start-failed', broken.shop, 'start', 'Its topics have other partitions.');
    failed(one);
    await expect(one.look()).rejects.toThrow('no outbox');
    one.alarms.clear('ledger-failed', shop.shop, 'ledger');
    await expect(one.look(1_000)).rejects.toThrow('no outbox');
    expect([await one.live(), steps(told)]).toEqual([[], ['raised', 'cleared']]);
    one.deaf = '';
    await one.look(1_000);
    expect(told.filter((line) => line.includes(broken.shop))).toHaveLength(1);
  });

  it('is one for all processes that see it, and over when none does: it went, or they were killed', async () => {
    const told: string[] = [];
    const [one, two] = [new Process('one', told, { shared: true }), new Process('two', told, { shared: true })];
    Process.clock = Date.now() + standsMs + 1_000;
    failed(one);
    failed(two);
    await one.look();
    await two.look(1);
    const id = await two.id();
    one.alarms.clear('ledger-failed', shop.shop, 'ledger');
    await one.look(1_000);
    expect([await one.id(), await two.live(), steps(told)]).toEqual([id, ['ledger-failed open'], ['raised']]);
    // The second one is killed: what it last said is known for a while.
    await one.watch(lostMs - 10_000);
    expect(await one.live()).toEqual(['ledger-failed open']);
    await one.watch(10_000);
    expect([await one.live(), steps(told)]).toEqual([[], ['raised', 'cleared']]);
  });

  it('is opened once, though two processes met its cause in the same moment', async () => {
    const told: string[] = [];
    const [one, two] = [new Process('one', told, { shared: true }), new Process('two', told, { shared: true })];
    Process.clock = Date.now() + standsMs + 1_000;
    failed(one);
    await new Promise((resolve) => setTimeout(resolve, 5));
    failed(two);
    Process.clock += 10;
    await Promise.all([one.look(), two.look()]);
    await one.look(1_000);
    await two.look(1_000);
    expect(await two.live()).toEqual(['ledger-failed open']);
    expect(steps(told).filter((step) => step === 'cleared')).toEqual([]);
    two.alarms.clear('ledger-failed', shop.shop, 'ledger');
    await two.look(1_000);
    expect(await one.live()).toEqual(['ledger-failed open']);
    one.alarms.clear('ledger-failed', shop.shop, 'ledger');
    await one.look(1_000);
    expect(await one.live()).toEqual([]);
  });

  it('waits while the store is away, and is shown all the while', async () => {
    const told: string[] = [];
    const one = new Process('one', told);
    Process.clock = Date.now() + standsMs + 1_000;
    failed(one);
    one.log.away = true;
    await expect(one.look()).rejects.toThrow('the store is away');
    expect([await one.live(), told]).toEqual([['ledger-failed open'], []]);
    one.log.away = false;
    await one.look(1_000);
    expect([await one.live(), steps(told)]).toEqual([['ledger-failed open'], ['raised']]);
  });

  it('is over with its shop', async () => {
    const told: string[] = [];
    let there = [shop];
    const one = new Process('one', told, { list: () => Promise.resolve(there) });
    Process.clock = Date.now() + standsMs + 1_000;
    gap(one);
    await one.look();
    expect(await one.live()).toEqual(['gap open']);
    one.alarms.forget(shop.shop);
    there = [];
    await one.look(1_000);
    expect([await one.live(), steps(told)]).toEqual([[], ['raised']]);
  });
});

describe('an alarm of what is over and stays true', () => {
  it('outlives the process that met it, and ends when somebody acknowledges it', async () => {
    const told: string[] = [];
    const one = new Process('one', told);
    Process.clock = Date.now() + standsMs + 1_000;
    gap(one);
    await one.look();
    const two = new Process('two', told);
    await two.look(1_000);
    await two.watch(2 * lostMs);
    expect(await two.live()).toEqual(['gap open']);
    gap(two, '2 messages were deleted.');
    await two.look();
    const id = await two.id();
    expect((await two.service.show(shop, id)).alarm).toMatchObject({
      message: '7 messages were deleted. 2 messages were deleted.',
      times: 2,
      lasting: true,
    });
    const { alarm, log } = await two.service.say(shop, id, { command: 'acknowledge' }, 'ann');
    expect([alarm.state, alarm.acknowledged?.by, log.map(({ step }) => step)]).toEqual([
      'recovered',
      'ann',
      ['opened', 'acknowledged', 'recovered'],
    ]);
    await two.look(1_000);
    expect([await two.live(), two.alarms.list(), steps(told)]).toEqual([[], [], ['raised', 'cleared']]);
    await expect(two.service.say(shop, id, { command: 'acknowledge' }, 'bob')).rejects.toMatchObject({ code: 'alert-over' });
  });

  it('is a new one when it is met again, also in the moment in which the old one is acknowledged', async () => {
    const told: string[] = [];
    const one = new Process('one', told);
    Process.clock = Date.now() + standsMs + 1_000;
    gap(one);
    await one.look();
    const id = await one.id();
    gap(one, '9 messages were deleted.');
    await one.service.say(shop, id, { command: 'acknowledge' }, 'ann');
    await one.look(1_000);
    expect([await one.live(), (await one.id()) === id, steps(told)]).toEqual([['gap open'], false, ['raised', 'cleared', 'raised']]);
    expect((await one.service.show(shop, await one.id())).alarm.message).toBe('9 messages were deleted.');
  });
});

describe('what people say', () => {
  it('has the life of an alert: who is first is heard, a snooze ends, and all of it stays readable', async () => {
    const one = new Process('one', []);
    Process.clock = Date.now() + standsMs + 1_000;
    failed(one);
    await one.look();
    const id = await one.id();
    const say = (order: Parameters<AlarmsService['say']>[2], by: string) => one.service.say(shop, id, order, by);
    const until = new Date(Process.clock + 3_600_000).toISOString();
    await say({ command: 'acknowledge' }, 'ann');
    await expect(say({ command: 'acknowledge' }, 'bob')).rejects.toMatchObject({
      code: 'already-acknowledged',
      message: expect.stringMatching(/^Already acknowledged by ann at /) as string,
    });
    await say({ command: 'comment', text: 'Looking at it.' }, 'bob');
    await say({ command: 'snooze', until }, 'ann');
    await expect(say({ command: 'snooze', until: '2020-01-01T00:00:00.000Z' }, 'ann')).rejects.toMatchObject({ code: 'snooze-past' });
    expect((await one.service.show(shop, id)).alarm.snoozedUntil).toBe(until);
    Process.clock += 3_600_000;
    const { alarm, log } = await say({ command: 'act', action: 'Freed 20 GB.' }, 'ann');
    expect([alarm.state, alarm.snoozedUntil, await one.live()]).toEqual(['acted', null, ['ledger-failed acted']]);
    expect(log.map(({ step, refused, by }) => [step ?? refused, by])).toEqual([
      ['opened', null],
      ['acknowledged', 'ann'],
      ['already-acknowledged', 'bob'],
      ['commented', 'bob'],
      ['snoozed', 'ann'],
      ['snooze-past', 'ann'],
      ['woken', null],
      ['acted', 'ann'],
    ]);
    await expect(one.service.show(shop, 'nowhere')).rejects.toMatchObject({ code: 'alarm-unknown' });
    // However rows are read, they give the same.
    const rows = await one.log.of(shop.database, id);
    expect(foldAlarm(rows.toReversed(), Process.clock)).toEqual(foldAlarm(rows, Process.clock));
  });
});
