import { openEmbedded, type ClickHouse } from '#clickhouse';
import { customerScoreAnswer, customerScored, scoresSummaryAnswer } from '#contracts';
import { Random, silences, thorough } from '#testing';
import { LedgerVersionReads, MomentReads, ScoreReads, ScoreRepository, type Shop } from '#warehouse';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { fixtureModel, lookThrough, ScoringRig } from './rig.testing.js';
import { ScoresController } from './scores.controller.js';
import type { ShopScorer } from './shop-scorer.js';

const { at, order, history, ahead, repeated } = silences;
let directory: string;
let clickhouse: ClickHouse;
let shops = 0;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tideline-scorer-'));
  clickhouse = await openEmbedded(directory);
});
afterAll(async () => {
  await clickhouse.close();
  await rm(directory, { recursive: true, force: true });
});

/** A shop with its history, looked at for the first time. */
async function begun(name = `shop-${(shops += 1)}`): Promise<{ rig: ScoringRig; scorer: ShopScorer }> {
  const rig = await ScoringRig.open(clickhouse, name);
  await rig.use();
  const scorer = rig.scorer();
  await rig.play([...history(), { tick: at(180) }], true);
  await lookThrough(scorer);
  return { rig, scorer };
}

// They share two cores with whatever else runs.
describe('whom it looks at', { timeout: 300_000 }, () => {
  it('waits while the source sends its history, then looks at everybody, muted', async () => {
    const rig = await ScoringRig.open(clickhouse, 'first');
    await rig.use();
    const scorer = rig.scorer();
    await rig.arrive(history(), true);
    await lookThrough(scorer);
    expect(await rig.moves()).toEqual([]);
    await rig.arrive([rig.tick(at(180))], true);
    await lookThrough(scorer);
    const moves = await rig.moves();
    expect(moves).toHaveLength(40);
    expect(moves.every((move) => /^2024-06-29 09:00:00.000 c\d+ first none>(low|medium|high) muted$/.test(move))).toBe(true);
    expect(rig.outbox.sent.map(({ value }) => customerScored.parse(JSON.parse(value)).data.muted)).toEqual(Array(40).fill(true));
    await scorer.stop();
  });

  it('of a long history that is not settled yet reads nothing, and decides as if it had waited for nothing', async () => {
    const moves: string[][] = [];
    for (const mostBehind of [20, 20_000]) {
      const rig = await ScoringRig.open(clickhouse, `unsettled-${mostBehind}`);
      await rig.use();
      const versions = new LedgerVersionReads(clickhouse);
      const orders = vi.spyOn(versions, 'orders');
      const scorer = rig.scorer({ versions, mostBehind });
      await rig.play([...history(), { tick: at(180) }]);
      await lookThrough(scorer);
      const waits = mostBehind === 20;
      expect(orders.mock.calls.length > 0).toBe(!waits);
      // Somebody of the history and somebody new, whom the look has not come to.
      await rig.play([order('n1', 'c0', 181), order('n2', 'new', 181.5), { tick: at(182) }]);
      await lookThrough(scorer);
      expect(await rig.moves()).toHaveLength(waits ? 0 : 2);
      await rig.pipeline.refresher.settle();
      await lookThrough(scorer);
      moves.push(await rig.moves());
      expect(new Set(rig.told()).size).toBe(moves[0]?.length);
      await scorer.stop();
    }
    const [waited, went] = moves;
    expect(waited).toEqual(went);
    expect(waited).toHaveLength(41);
    expect(waited?.filter((move) => / event /.test(move) && !move.endsWith(' muted'))).toHaveLength(2);
  });

  it('decides on whom an event touched at its recordedtime, before the facts by customer stand there', async () => {
    const { rig, scorer } = await begun();
    const before = (await rig.moves()).length;
    await rig.play([order('n1', 'c0', 181), order('n2', 'new', 181.5)]);
    await lookThrough(scorer);
    expect((await rig.moves()).slice(before)).toEqual([
      expect.stringMatching(/^2024-06-30 09:00:00.000 c0 event high>(low|medium)$/),
      expect.stringMatching(/^2024-06-30 21:00:00.000 new event none>/),
    ]);
    await scorer.stop();
  });

  it('decides on silence at the very instant at which it crosses a band, when a tick has passed it, at 1440 days a day', async () => {
    const { rig, scorer } = await begun();
    const before = (await rig.moves()).length;
    // A minute of the machine is a day of the shop; half a year in two looks.
    for (const days of [270, 360]) {
      await rig.play([{ tick: at(days) }]);
      await lookThrough(scorer);
    }
    const silent = (await rig.moves()).slice(before);
    expect(silent.length).toBeGreaterThan(10);
    expect(silent.every((move) => / silence /.test(move))).toBe(true);
    // Ticks fall on nine o'clock: what was decided at a tick's instant would show.
    expect(silent.filter((move) => move.includes(' 09:00:00.000 '))).toEqual([]);
    const told = rig.told().slice(before);
    expect(told.map((line) => line.split(' ')[1])).toEqual([...told.map((line) => line.split(' ')[1])].sort());
    // In small steps it is the same.
    const slow = await begun();
    const step = thorough ? 3 : 6;
    for (let days = 180 + 2 * step; days <= 360; days += 2 * step) {
      await slow.rig.play([{ tick: at(days - step) }, { tick: at(days) }]);
      await lookThrough(slow.scorer);
    }
    expect((await slow.rig.moves()).slice(before)).toEqual(silent);
    await scorer.stop();
    await slow.scorer.stop();
  });

  it('of a sandbox begins with nobody, and decides on whole stretches between ticks, as if it had been there', async () => {
    const sandbox = async (name: string): Promise<{ rig: ScoringRig; scorer: ShopScorer }> => {
      const rig = await ScoringRig.open(clickhouse, name, undefined, undefined, 'somewhere');
      await rig.use();
      return { rig, scorer: rig.scorer({ mostBehind: 5 }) };
    };
    // Corrections may be told beyond the end of the script.
    const items = [...history(), { tick: at(180) }, ...repeated(7, ahead(7, 220)), { tick: at(260) }];
    const { rig, scorer } = await sandbox('in-one');
    await rig.play(items.filter((item) => !('tick' in item)));
    await lookThrough(scorer);
    expect(await rig.moves()).toEqual([]);
    await rig.play([{ tick: at(260) }], true);
    await lookThrough(scorer);
    const moves = await rig.moves();
    expect(moves.length).toBeGreaterThan(100);
    expect(moves.filter((move) => move.endsWith(' muted') || / (first|model) /.test(move))).toEqual([]);
    // Stretch by stretch, with a look into the middle of each, it is the same.
    const cut = await sandbox('in-stretches');
    let stretch: typeof items = [];
    for (const item of items) {
      if (!('tick' in item)) {
        stretch.push(item);
        continue;
      }
      const middle = Math.floor(stretch.length / 2);
      await cut.rig.play(stretch.slice(0, middle), true);
      const before = await cut.rig.moves();
      await lookThrough(cut.scorer);
      expect(await cut.rig.moves()).toEqual(before);
      await cut.rig.play([...stretch.slice(middle), item]);
      await lookThrough(cut.scorer);
      stretch = [];
    }
    expect(await cut.rig.moves()).toEqual(moves);
    // And as a live shop that was looked at half-way; only that a crossing is computed from another instant there.
    const live = await begun();
    await live.rig.play(items.slice(history().length + 1), true);
    await lookThrough(live.scorer);
    const since = at(180).replace('T', ' ').slice(0, -1);
    const said = (all: readonly string[]): string[] =>
      all.flatMap((move) => (move < since || move.includes(' first ') ? [] : [move.slice(since.length + 1)])).sort();
    expect(said(moves)).toEqual(said(await live.rig.moves()));
    for (const each of [scorer, cut.scorer, live.scorer]) await each.stop();
  });

  it('tells nobody of what an import of the past brings about, and of everything later as ever', async () => {
    const { rig, scorer } = await begun();
    let known = await rig.moves();
    const fresh = async (): Promise<string[]> => {
      const [all, before] = [await rig.moves(), new Set(known)];
      known = all;
      return all.filter((move) => !before.has(move));
    };
    // One who is at risk turns out to have bought, one who was not known was there long ago and fell silent; c2 buys today.
    await rig.play([order('i1', 'c0', 170), order('i2', 'past', 20), order('i3', 'past', 25)], true);
    await rig.play([order('n1', 'c2', 180.5), { tick: at(181) }], true);
    await lookThrough(scorer);
    const imported = (await fresh()).filter((move) => !move.includes(' c2 '));
    expect(imported).toContainEqual(expect.stringMatching(/^2024-06-29 09:00:00.000 c0 event high>(low|medium) muted$/));
    expect(imported.filter((move) => / past (event|silence) /.test(move)).length).toBeGreaterThan(1);
    expect(imported.filter((move) => !move.endsWith(' muted'))).toEqual([]);
    await rig.play([order('n2', 'past', 182), { tick: at(182) }, { tick: at(400) }], true);
    await lookThrough(scorer);
    const later = (await fresh()).filter((move) => / (past|c0) /.test(move));
    expect(later).toContainEqual(expect.stringMatching(/ past event high>(low|medium)$/));
    expect(later.some((move) => / c0 silence /.test(move))).toBe(true);
    expect(later.filter((move) => move.endsWith(' muted'))).toEqual([]);
    await scorer.stop();
  });

  it('tells nobody of a look at everybody that a large import brings about, and everybody of one after a standstill', async () => {
    for (const [what, days] of [
      ['import', 20],
      ['standstill', 181],
    ] as const) {
      const { rig, scorer } = await begun(`behind-${what}`);
      await scorer.stop();
      const known = new Set(await rig.moves());
      const rows = Array.from({ length: 6 }, (_, index) => order(`b${index}`, `b${index % 2}`, days + index / 100));
      await rig.play([...rows, { tick: at(182) }], true);
      const other = rig.scorer({ mostBehind: 5 });
      await lookThrough(other);
      const looked = (await rig.moves()).filter((move) => !known.has(move));
      expect(looked.filter((move) => / b[01] event none>/.test(move))).toHaveLength(2);
      expect(looked.every((move) => move.endsWith(' muted') === (what === 'import'))).toBe(true);
      await other.stop();
    }
  });

  it.each([
    ['first look', 'another model'],
    ['first look', 'a standstill'],
    ['look at everybody after an import', 'another model'],
    ['look at everybody after an import', 'a standstill'],
  ])('tells nobody of a %s to its end, though %s cuts it in the middle', async (what, cut) => {
    class InSmallChunks extends MomentReads {
      override customers(shop: Shop, fromKey: number): ReturnType<MomentReads['customers']> {
        return super.customers(shop, fromKey, 10);
      }
    }
    const rows = (customer: string, days: number) =>
      Array.from({ length: 6 }, (_, index) => order(`${customer}${index}`, customer, days + index / 100));
    const rig = await ScoringRig.open(clickhouse, `cut-${(shops += 1)}`);
    await rig.use();
    await rig.play([...history(), { tick: at(180) }], true);
    if (what !== 'first look') {
      const before = rig.scorer();
      await lookThrough(before);
      await before.stop();
      // He has the highest key, so the first chunk does not come to him.
      await rig.play([...rows('past', 20), { tick: at(181) }], true);
    }
    const known = new Set(await rig.moves());
    const scorer = rig.scorer({ moments: new InSmallChunks(clickhouse), mostBehind: 5 });
    for (let looks = 0; looks < 2; looks += 1) expect(await scorer.look()).toBe(true);
    if (cut === 'another model') await rig.use('churn-fixture-00000002');
    else await rig.play([...rows('late', 181), { tick: at(182) }], true);
    rig.elapsed += 2_000;
    await lookThrough(scorer);
    const moves = (await rig.moves()).filter((move) => !known.has(move));
    const cause = cut === 'another model' ? 'model' : 'event';
    const unknown = moves.filter((move) => move.includes(` ${cause} none>`)).map((move) => move.split(' ')[2]);
    if (what === 'first look') expect(unknown.filter((customer) => customer !== 'late')).toHaveLength(30);
    else expect(unknown).toContain('past');
    expect(moves.filter((move) => !move.endsWith(' muted'))).toEqual([]);
    await scorer.stop();
  });

  it('says up to where everything was told: also where nothing is decided, and not while a batch is only written', async () => {
    const { rig, scorer } = await begun();
    const reads = new ScoreReads(clickhouse);
    const told = async (): Promise<string | undefined> => {
      const until = await reads.toldUntil(rig.shop);
      return until === undefined ? undefined : new Date(until).toISOString();
    };
    expect(await told()).toBe(at(180));
    await rig.play([{ tick: at(180.001) }]);
    await lookThrough(scorer);
    expect(await told()).toBe(at(180));
    // The clock stands still after it.
    rig.elapsed += 5_000;
    await lookThrough(scorer);
    expect(await told()).toBe(at(180.001));
    rig.elapsed += 5_000;
    await rig.play([{ tick: at(180.002) }]);
    await lookThrough(scorer);
    expect(await told()).toBe(at(180.002));
    rig.outbox.before = () => {
      throw new Error('the broker does not answer');
    };
    await rig.play([order('n1', 'c0', 181), { tick: at(181) }]);
    await expect(scorer.look()).rejects.toThrow('does not answer');
    expect(await told()).toBeUndefined();
    rig.outbox.before = () => undefined;
    await lookThrough(scorer);
    expect(await told()).toBe(at(181));
    await scorer.stop();
  });

  it('does not wait for a hint: each look asks the store', async () => {
    const { rig, scorer } = await begun();
    const before = (await rig.moves()).length;
    await rig.play([order('n1', 'c0', 181)]);
    await rig.play([order('n2', 'new', 181.5)]);
    await lookThrough(scorer);
    expect((await rig.moves()).length).toBe(before + 2);
    await scorer.stop();
  });
});

describe('the same decisions', { timeout: 300_000 }, () => {
  it('however the events are cut into batches, wherever the facts stand, and whatever is said twice', async () => {
    const script = repeated(3, ahead(3, thorough ? 250 : 220));
    const runs: { moves: string[]; told: string[] }[] = [];
    const cuts: ((random: Random) => { take: number; parts?: number[]; settle: boolean })[] = [
      () => ({ take: thorough ? 6 : 15, settle: true }),
      (random) => ({ take: 1 + Math.floor(random.next() * (thorough ? 60 : 80)), settle: random.chance(0.3) }),
      // One partition is read, the other lags behind.
      (random) => ({ take: 20, parts: random.pick([[0], [1], [0, 1]]), settle: random.chance(0.5) }),
    ];
    for (const [index, cut] of cuts.entries()) {
      const random = new Random(17 + index);
      const { rig, scorer } = await begun(`cut-${index}`);
      for (let place = 0; place < script.length;) {
        const { take, parts, settle } = cut(random);
        await rig.play(script.slice(place, place + take), settle, parts);
        place += take;
        if (random.chance(0.8)) await lookThrough(scorer);
      }
      await rig.play([], true);
      await lookThrough(scorer);
      await scorer.stop();
      const told = rig.told().map((line) => line.replace(/^\S+ /, ''));
      runs.push({ moves: await rig.moves(), told: told.sort() });
    }
    expect(runs[0]?.moves.filter((move) => move.includes('event')).length).toBeGreaterThan(15);
    expect(runs[0]?.moves.filter((move) => move.includes('silence')).length).toBeGreaterThan(10);
    expect(runs[1]).toEqual(runs[0]);
    expect(runs[2]).toEqual(runs[0]);
  });

  it('where an order is placed and cancelled in one millisecond, in one batch as in two', async () => {
    const pair = [order('x1', 'c0', 181), order('x1', 'c0', 181, { revision: 2, status: 'cancelled' }, 181)];
    const runs: string[][] = [];
    for (const cut of [2, 1]) {
      const { rig, scorer } = await begun();
      const before = (await rig.moves()).length;
      for (let place = 0; place < pair.length; place += cut) {
        await rig.play(pair.slice(place, place + cut), true);
        await lookThrough(scorer);
      }
      runs.push((await rig.moves()).slice(before));
      await scorer.stop();
    }
    expect(runs[0]).toEqual([
      expect.stringMatching(/^2024-06-30 09:00:00.000 c0 event high>(low|medium)$/),
      expect.stringMatching(/^2024-06-30 09:00:00.000 c0 event (low|medium)>high$/),
    ]);
    expect(runs[1]).toEqual(runs[0]);
  });

  it('after a restart: the silence clock is made of what is stored', async () => {
    const script = ahead(5, 230);
    const step = thorough ? 9 : 30;
    const calm = await begun('calm');
    const restless = await begun('restless');
    let { scorer } = restless;
    for (let place = 0; place < script.length; place += step) {
      await calm.rig.play(script.slice(place, place + step));
      await restless.rig.play(script.slice(place, place + step));
      await lookThrough(calm.scorer);
      await scorer.look();
      // Nothing of it but the store.
      scorer = restless.rig.scorer();
    }
    await lookThrough(scorer);
    expect(await restless.rig.moves()).toEqual(await calm.rig.moves());
    await calm.scorer.stop();
    await scorer.stop();
  });

  it('with the same ids, wherever a scorer is killed: none is lost, none is another', async () => {
    const script = ahead(7, 230);
    const step = thorough ? 12 : 16;
    const calm = await begun('immortal');
    for (let place = 0; place < script.length; place += step) {
      await calm.rig.play(script.slice(place, place + step));
      await lookThrough(calm.scorer);
    }
    const rig = await ScoringRig.open(clickhouse, 'mortal');
    await rig.use();
    const points = ['before write', 'after write', 'before send', 'after send', 'before sent', 'after sent'] as const;
    let armed: (typeof points)[number] | undefined;
    let died = 0;
    const die = (point: (typeof points)[number]): void => {
      if (armed !== point) return;
      armed = undefined;
      died += 1;
      throw new Error(`killed ${point}`);
    };
    class Mortal extends ScoreRepository {
      override async write(...args: Parameters<ScoreRepository['write']>): Promise<void> {
        die('before write');
        await super.write(...args);
        die('after write');
      }
      override async sent(...args: Parameters<ScoreRepository['sent']>): Promise<void> {
        die('after send');
        die('before sent');
        await super.sent(...args);
        die('after sent');
      }
    }
    rig.outbox.before = () => die('before send');
    const living = (): ShopScorer => rig.scorer({ scores: new Mortal(clickhouse) });
    let scorer = living();
    await rig.play([...history(), { tick: at(180) }], true);
    for (let place = -step, turn = 0; place < script.length; place += step, turn += 1) {
      if (place >= 0) await rig.play(script.slice(place, place + step));
      armed = points[turn % points.length];
      for (let more = true; more;) {
        try {
          more = await scorer.look();
        } catch (error) {
          expect(String(error)).toContain('killed');
          more = true;
          scorer = living();
        }
      }
    }
    armed = undefined;
    scorer = living();
    await lookThrough(scorer);
    expect(died).toBeGreaterThan(6);
    expect(await rig.moves()).toEqual(await calm.rig.moves());
    const told = new Map<string, string>();
    for (const { key, value } of rig.outbox.sent) {
      const { id } = JSON.parse(value) as { id: string };
      // What is told again is the same to the byte.
      expect(told.get(id) ?? `${key} ${value}`).toBe(`${key} ${value}`);
      told.set(id, `${key} ${value}`);
    }
    const lines = (of: ScoringRig): string[] => [...new Set(of.told().map((line) => line.replace(/^\S+ /, '')))].sort();
    expect(lines(rig)).toEqual(lines(calm.rig));
    expect(told.size).toBe(calm.rig.outbox.sent.length);
    expect(rig.outbox.sent.length).toBeGreaterThan(told.size);
    await scorer.stop();
    await calm.scorer.stop();
  });
});

describe('who asks', () => {
  it('is told how customers stand, of one with reasons, and of one that nobody knows what to do', async () => {
    const { rig, scorer } = await begun();
    await rig.play([order('n1', 'c0', 181)]);
    await lookThrough(scorer);
    const directory = { find: () => Promise.resolve(rig.shop), list: () => Promise.resolve([rig.shop]) };
    const controller = new ScoresController(directory, new ScoreReads(clickhouse));
    const summary = scoresSummaryAnswer.parse(await controller.summary(rig.shop.shop));
    expect(summary).toMatchObject({ model: 'churn-fixture-00000001', asOf: at(180), complete: true, customers: 40 });
    expect(summary.bands.map(({ band }) => band)).toEqual(['low', 'medium', 'high']);
    expect(summary.bands.reduce((sum, { customers }) => sum + customers, 0)).toBe(40);
    const one = customerScoreAnswer.parse(await controller.ofCustomer({ shop: rig.shop.shop, id: 'c0' }));
    // One order of 10.00 half a year ago, and the one of today.
    expect(one).toMatchObject({ decidedAt: at(181), cause: 'event', previousBand: 'high', orders: 2, netValueAtStake: '20.00' });
    expect(one.reasons).toHaveLength(3);
    await expect(controller.ofCustomer({ shop: rig.shop.shop, id: 'nobody' })).rejects.toMatchObject({ code: 'score-unknown' });
    await scorer.stop();
  });
});

describe('models', () => {
  it('another one becomes active without a restart: everybody is looked at by it, and nobody is told whose band is the same', async () => {
    const { rig, scorer } = await begun();
    const before = rig.outbox.sent.length;
    const [stored, roles] = [await fixtureModel('churn-fixture-00000002'), rig.roles];
    rig.models.set(stored.version, stored);
    rig.roles = { ...roles, active: stored.version };
    rig.elapsed += 2_000;
    await lookThrough(scorer);
    expect(rig.outbox.sent.length).toBe(before);
    const rows = await clickhouse.query<{ model: string; cause: string }>(rig.scoresSql());
    expect(rows).toHaveLength(40);
    expect(rows.every(({ model, cause }) => model === stored.version && cause === 'model')).toBe(true);
    await scorer.stop();
  });

  it('a shadow is scored beside it under its own name, and nobody is told', async () => {
    const { rig, scorer } = await begun();
    const before = rig.outbox.sent.length;
    await rig.use();
    const shadow = await fixtureModel('churn-shadow-00000003');
    rig.models.set(shadow.version, shadow);
    rig.roles = { ...rig.roles, shadow: shadow.version };
    rig.elapsed += 2_000;
    await lookThrough(scorer);
    expect(rig.outbox.sent.length).toBe(before);
    expect(await rig.moves('shadow')).toHaveLength(40);
    await rig.play([order('n1', 'c0', 181)]);
    await lookThrough(scorer);
    expect(await rig.moves('shadow')).toHaveLength(41);
    expect(rig.outbox.sent.length).toBe(before + 1);
    await scorer.stop();
  });

  it('one that does not fit raises an alarm and scores nobody; the next one does', async () => {
    const rig = await ScoringRig.open(clickhouse, 'bad');
    const good = await fixtureModel();
    const bad = { ...good, version: 'churn-bad-00000004', file: good.file.subarray(0, good.file.length - 7) };
    rig.models.set(bad.version, bad).set(good.version, good);
    rig.roles = { active: bad.version, shadow: undefined };
    const scorer = rig.scorer();
    await rig.play([...history(), { tick: at(180) }], true);
    await lookThrough(scorer);
    expect(rig.alarms.get('active')).toMatch(
      /^The active churn model churn-bad-00000004 cannot be used, nobody is scored by it: .*cut short/,
    );
    expect(await rig.moves()).toEqual([]);
    rig.roles = { active: good.version, shadow: undefined };
    rig.elapsed += 2_000;
    await lookThrough(scorer);
    expect([...rig.alarms]).toEqual([]);
    expect(await rig.moves()).toHaveLength(40);
    await scorer.stop();
  });

  it('one whose thread has ended is opened anew, after a run that failed for it, or before there is one', async () => {
    const threads: Worker[] = [];
    const started = (thread: Worker): void => void threads.push(thread);
    process.on('worker', started);
    const { rig, scorer } = await begun();
    const before = (await rig.moves()).length;
    await rig.play([order('n1', 'c0', 181)]);
    await threads[0]?.terminate();
    await expect(scorer.look()).rejects.toMatchObject({ code: 'run-failed', retryable: true });
    rig.elapsed += 1_000;
    await lookThrough(scorer);
    await rig.play([order('n2', 'new', 181.5)]);
    await threads[1]?.terminate();
    rig.elapsed += 1_000;
    await lookThrough(scorer);
    process.off('worker', started);
    expect(threads).toHaveLength(3);
    expect((await rig.moves()).slice(before)).toEqual([
      expect.stringMatching(/^2024-06-30 09:00:00.000 c0 event high>(low|medium)$/),
      expect.stringMatching(/^2024-06-30 21:00:00.000 new event none>/),
    ]);
    expect([...rig.alarms]).toEqual([]);
    await scorer.stop();
  });

  it('none: nobody is scored', async () => {
    const rig = await ScoringRig.open(clickhouse, 'none');
    const scorer = rig.scorer();
    await rig.play([...history(), { tick: at(180) }], true);
    expect(await scorer.look()).toBe(false);
    expect(await rig.moves()).toEqual([]);
    await scorer.stop();
  });
});
