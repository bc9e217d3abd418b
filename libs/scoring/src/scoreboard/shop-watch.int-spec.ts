import { openEmbedded, sql, type ClickHouse } from '#clickhouse';
import { modelReference, scoreboardAnswer, type ChurnManifest } from '#contracts';
import { Metrics } from '#observability';
import { silences, silent, type TestMessage } from '#testing';
import {
  driftsKept,
  FeatureReads,
  MarkOutcomeReads,
  MarkRepository,
  tableOf,
  WatermarkRepository,
  type ReadGate,
  type StoredModel,
} from '#warehouse';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openModel } from '../engine/index.js';
import { fixtureModel, ScoringRig } from '../scorer/rig.testing.js';
import { driftOf, referenceOfTraining } from './drift.js';
import { BinCounts } from './profile.js';
import { ScoreboardMetrics } from './scoreboard.metrics.js';
import { ScoreboardService } from './scoreboard.service.js';
import { ModelWatchService } from './model-watch.service.js';
import { ShopWatch, type WatchParts } from './shop-watch.js';

const { at, history, ahead } = silences;
const version = 'churn-fixture-00000001';
let directory: string;
let clickhouse: ClickHouse;
let shops = 0;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tideline-watch-'));
  clickhouse = await openEmbedded(directory);
});
afterAll(async () => {
  await clickhouse.close();
  await rm(directory, { recursive: true, force: true });
});

/** A shop with its history, whose clock stands at a day. */
class Watched {
  readonly metrics = new Metrics();
  elapsed = 0;
  readonly parts: WatchParts;
  readonly watch: ShopWatch;

  private constructor(readonly rig: ScoringRig) {
    this.parts = {
      gate: rig.pipeline.gate,
      watermarks: new WatermarkRepository(clickhouse),
      features: new FeatureReads(clickhouse, 'background'),
      marks: new MarkRepository(clickhouse),
      outcomes: new MarkOutcomeReads(clickhouse),
      models: { roles: () => Promise.resolve(rig.roles), read: (name) => Promise.resolve(this.model(name)) },
      alarms: {
        raise: (_shop, subject, message) => void rig.alarms.set(subject, message),
        clear: (_shop, subject) => void rig.alarms.delete(subject),
      },
      metrics: new ScoreboardMetrics(this.metrics),
      log: silent,
      elapsed: () => this.elapsed,
    };
    this.watch = new ShopWatch(rig.shop, this.parts);
  }

  static async at(days: number, messages: readonly TestMessage[] = history()): Promise<Watched> {
    const watched = new Watched(await ScoringRig.open(clickhouse, `watched-${(shops += 1)}`));
    await watched.rig.use(version);
    await watched.rig.play([...messages, { tick: at(days) }], true);
    return watched;
  }

  model(name: string): StoredModel {
    const model = this.rig.models.get(name);
    if (!model) throw new Error(`no ${name}`);
    return model;
  }

  /** Another version that counts, by a change of its manifest. */
  async use(name: string, change: Partial<ChurnManifest>): Promise<void> {
    const model = await fixtureModel(name);
    this.rig.models.set(name, { ...model, manifest: { ...model.manifest, ...change } as ChurnManifest });
    this.rig.roles = { active: name, shadow: undefined };
  }

  /** Turns until there is nothing to do. @returns how many did something */
  async through(): Promise<number> {
    let turns = 0;
    while (turns < 40 && (await this.watch.turn())) turns += 1;
    this.elapsed += 3_600_000;
    return turns;
  }

  async board(gate: Pick<ReadGate, 'read'> = this.rig.pipeline.gate) {
    const service = new ScoreboardService({
      gate,
      watermarks: new WatermarkRepository(clickhouse),
      marks: new MarkRepository(clickhouse),
      outcomes: new MarkOutcomeReads(clickhouse),
      models: {
        known: (name) => Promise.resolve({ ...this.model(name), bytes: 1, addedAt: new Date(), addedBy: 'x' }),
        rolesOf: () => Promise.resolve({ ...this.rig.roles, before: undefined }),
      },
      keptMs: 0,
    });
    return scoreboardAnswer.parse(await service.of(this.rig.shop));
  }

  /** Another answer about everybody, in the place of what a version said. */
  async say(model: string, probability: number): Promise<void> {
    for (const { reference } of await this.parts.marks.months(this.rig.shop, model)) {
      const all = (await this.marks(new Date(reference).toISOString(), model)).map((line) => line.split(' ')[0] ?? '');
      const marks = all.map((customerId) => ({ customerId, probability, recency: 1 }));
      await this.parts.marks.write(this.rig.shop, model, reference, marks);
    }
  }

  /** Marks of a month as text. */
  async marks(reference: string, model = version): Promise<string[]> {
    const rows = await clickhouse.query<{ customer_id: string; probability: number; recency: number }>(
      sql`SELECT customer_id, probability, recency FROM ${tableOf(this.rig.shop, 'churn_marks')} FINAL
WHERE model = ${model} AND reference = ${new Date(reference)} ORDER BY customer_id`,
    );
    return rows.map((row) => `${row.customer_id} ${row.probability} ${row.recency}`);
  }
}

// They share two cores with whatever else runs.
describe('what is marked', { timeout: 300_000 }, () => {
  it('is every customer at the start of each of twelve months, newest first, then drift, then what happened', async () => {
    const watched = await Watched.at(170);
    expect(await watched.watch.turn()).toBe(true);
    const [first] = await new MarkRepository(clickhouse).months(watched.rig.shop);
    // 1 June in London.
    expect(new Date(first?.reference ?? 0).toISOString()).toBe('2024-05-31T23:00:00.000Z');
    expect(first?.customers).toBe(40);
    expect(await watched.through()).toBe(13);
    const months = await new MarkRepository(clickhouse).months(watched.rig.shop);
    expect(months.map(({ customers }) => customers > 0)).toEqual([...Array<boolean>(7).fill(false), ...Array<boolean>(5).fill(true)]);
    expect((await watched.marks('2024-05-31T23:00:00Z')).length).toBe(40);
    // A day passes: drift and what happened again, and no month.
    await watched.rig.play([{ tick: at(171.5) }], true);
    expect(await watched.through()).toBe(2);
    // So does a minute of the machine, in which many days of the shop do: nothing.
    watched.elapsed -= 3_600_000 - 60_000;
    await watched.rig.play([{ tick: at(174) }], true);
    expect(await watched.through()).toBe(0);
  });

  it('is what the model says of what was known then: nothing that came later changes a bit', async () => {
    const early = await Watched.at(160);
    await early.through();
    const script = ahead(5).filter((item) => !('tick' in item)) as TestMessage[];
    const late = await Watched.at(330, [...history(), ...script]);
    await late.through();
    for (const month of ['2024-05-31T23:00:00Z', '2024-04-30T23:00:00Z']) {
      const marks = await late.marks(month);
      expect(marks.length).toBeGreaterThan(30);
      expect(marks).toEqual(await early.marks(month));
    }
    // And what the engine says of that instant's features.
    const model = await openModel(late.model(version));
    const said: string[] = [];
    const reference = new Date('2024-05-31T23:00:00Z');
    for await (const { customerIds, values } of new FeatureReads(clickhouse).past(late.rig.shop, { asOf: reference, mbg: model.mbg })) {
      const { prob } = await model.score(values, customerIds.length);
      customerIds.forEach((id, row) => said.push(`${id} ${prob[row]} ${values[row * (values.length / customerIds.length)]}`));
    }
    await model.close();
    expect((await late.marks('2024-05-31T23:00:00Z')).map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual(
      said.sort().map((line) => line.split(' ').slice(0, 2).join(' ')),
    );
  });

  it('waits in an import until it stands still', async () => {
    const rig = await ScoringRig.open(clickhouse, 'importing', { timeZone: 'UTC', currency: 'GBP' }, 'data');
    await rig.use(version);
    const marks = new MarkRepository(clickhouse);
    const watch = new ShopWatch(rig.shop, {
      ...{ gate: rig.pipeline.gate, watermarks: new WatermarkRepository(clickhouse), features: new FeatureReads(clickhouse) },
      ...{ marks, outcomes: new MarkOutcomeReads(clickhouse), metrics: new ScoreboardMetrics(new Metrics()), log: silent },
      models: { roles: () => Promise.resolve(rig.roles), read: () => fixtureModel(version) },
      alarms: { raise: () => undefined, clear: () => undefined },
      now: () => now,
    });
    let now = Date.now();
    await rig.arrive(history().slice(0, 60), true);
    expect(await watch.turn()).toBe(false);
    now = Date.now() + 14_000;
    await rig.arrive(history().slice(60), true);
    expect(await watch.turn()).toBe(false);
    now = Date.now() + 16_000;
    expect(await watch.turn()).toBe(true);
    expect(await marks.months(rig.shop)).toHaveLength(1);
  });
});

describe('the scoreboard', { timeout: 300_000 }, () => {
  it('knows a month when its window is over by the clock, to the millisecond, and not before', async () => {
    // 1 February and 90 days are 1 May, 0:00 UTC; the scenario begins at nine on 1 January.
    const matures = 120.625;
    const watched = await Watched.at(matures - 1 / 86_400_000);
    await watched.through();
    const before = (await watched.board()).versions[0];
    expect(before).toMatchObject({ role: 'active', groups: [], calibration: null, firstMatures: '2024-05-01T00:00:00.000Z' });
    expect(before?.words).toBe('Not yet known: first labels mature on 2024-05-01.');
    await watched.rig.play([{ tick: at(matures) }], true);
    const after = (await watched.board()).versions[0];
    expect(after).toMatchObject({ firstMatures: null, calibration: { months: 1 } });
    expect(after?.months.filter(({ mature }) => mature).map(({ reference }) => reference)).toEqual(['2024-02-01T00:00:00.000Z']);
  });

  it('puts predicted beside happened by month, band and tenth; months that are not known have no outcome', async () => {
    const watched = await Watched.at(200);
    await watched.through();
    const board = await watched.board();
    const own = board.versions[0];
    expect(own?.months.map(({ reference, mature }) => [reference.slice(0, 10), mature])).toEqual([
      ['2024-06-30', false],
      ['2024-05-31', false],
      ['2024-04-30', false],
      ['2024-03-31', true],
      ['2024-03-01', true],
      ['2024-02-01', true],
    ]);
    // What settles waits for one statement at most: none is asked while the one before it still holds.
    const held: string[] = [];
    await watched.board({
      read: async (shop, work, level) => {
        held.push('held');
        const read = await watched.rig.pipeline.gate.read(shop, work, level);
        held.push('free');
        return read;
      },
    });
    expect(held).toEqual(Array.from({ length: 3 }, () => ['held', 'free']).flat());
    const unknown = own?.months[0];
    expect(unknown).toMatchObject({ customers: 40, predicted: null, observed: null, bands: [] });
    // Marked once they were past: nobody could have been told.
    expect(own?.groups.map(({ basis, months }) => [basis, months])).toEqual([['afterwards', 3]]);
    const [all, active] = own?.groups[0]?.populations ?? [];
    const known = own?.months.filter(({ mature }) => mature) ?? [];
    expect(all?.customers).toBe(known.reduce((sum, { customers }) => sum + customers, 0));
    expect(all?.bands.reduce((sum, { customers }) => sum + customers, 0)).toBe(all?.customers);
    expect(all?.deciles.reduce((sum, { customers }) => sum + customers, 0)).toBe(all?.customers);
    // All of this shop bought within half a year.
    expect(active?.customers).toBe(all?.customers);
    expect((all?.low ?? 1) <= (all?.observed ?? 0) && (all?.high ?? 0) >= (all?.observed ?? 1)).toBe(true);
    expect(own?.words).toBe('3 of 6 months that its training knew nothing of are known.');
  });

  it('a version that was trained on these days is counted apart, and judged by none of them', async () => {
    const watched = await Watched.at(200);
    const { manifest } = watched.model(version);
    await watched.use('churn-fixture-00000002', { training: { ...manifest.training, asOf: '2024-12-31T00:00:00.000Z' } });
    await watched.through();
    const own = (await watched.board()).versions[0];
    expect(own?.groups.map(({ basis }) => basis)).toEqual(['history']);
    expect(own).toMatchObject({ calibration: null, firstMatures: null });
    expect(own?.words).toContain('its training ends on 2024-12-31');
    expect(watched.rig.alarms.size).toBe(0);
  });

  it('says of a shop without a mark why', async () => {
    const watched = await Watched.at(180);
    expect((await watched.board()).words).toContain('are being marked');
    watched.rig.roles = { active: undefined, shadow: undefined };
    expect((await watched.board()).words).toContain('npm run train');
  });
});

describe('what cannot be done', { timeout: 300_000 }, () => {
  it('waits, is said once with its reason, and holds up neither other months, nor drift, nor what happened', async () => {
    const watched = await Watched.at(170);
    const said: string[] = [];
    const april = Date.parse('2024-03-31T23:00:00Z');
    let isBroken = true;
    let asked = 0;
    const watch = new ShopWatch(watched.rig.shop, {
      ...watched.parts,
      features: {
        past: (shop, moment) => {
          if (moment.asOf.getTime() === april) asked += 1;
          if (isBroken && moment.asOf.getTime() === april) throw new Error('too much memory');
          return watched.parts.features.past(shop, moment);
        },
      },
      log: { info: () => undefined, warn: (fields) => void said.push(JSON.stringify(fields)) },
    });
    const through = async (): Promise<void> => {
      for (let turns = 0; turns < 40 && (await watch.turn()); turns += 1);
    };
    await through();
    const months = async (): Promise<number> => (await watched.parts.marks.months(watched.rig.shop)).length;
    expect(await months()).toBe(11);
    expect(await watched.parts.marks.drifts(watched.rig.shop)).toHaveLength(1);
    expect(await watched.metrics.text()).toMatch(/tideline_model_auc\{/);
    expect(asked).toBe(1);
    watched.elapsed += 61_000;
    await through();
    expect(asked).toBe(2);
    expect(said).toEqual([expect.stringContaining('too much memory')]);
    isBroken = false;
    watched.elapsed += 121_000;
    await through();
    expect(await months()).toBe(12);
  });

  it('ends with the process: a stop cuts it short, and nothing is written of it', async () => {
    const watched = await Watched.at(170);
    let begun = (): void => undefined;
    const isBegun = new Promise<void>((done) => (begun = done));
    const service = new ModelWatchService({
      directory: { list: () => Promise.resolve([watched.rig.shop]) },
      scores: () => true,
      partsOf: () => ({
        ...watched.parts,
        features: {
          // A ledger without an end.
          past: async function* (shop, moment) {
            begun();
            for (;;) yield* watched.parts.features.past(shop, moment);
          },
        },
      }),
      log: { warn: () => undefined },
      ...{ quietMs: 0, turnMs: 1 },
    });
    service.start();
    await isBegun;
    await service.stop();
    expect(await watched.parts.marks.months(watched.rig.shop)).toEqual([]);
  });
});

it('of a model only some hundred drifts are kept, the newest among them', async () => {
  const watched = await Watched.at(170);
  const { marks } = watched.parts;
  const of = (model: string, day: number) => ({ model, at: day * 86_400_000, clock: day * 86_400_000, customers: 1, body: '{}' });
  await marks.noteDrift(watched.rig.shop, of('other', 1));
  for (let day = 1; day <= 2 * driftsKept; day += 1) await marks.noteDrift(watched.rig.shop, of(version, day));
  const [row] = await clickhouse.query<{ drifts: string }>(
    sql`SELECT count() AS drifts FROM ${tableOf(watched.rig.shop, 'model_watch')} WHERE kind = 'drift' AND model = ${version}`,
  );
  expect(Number(row?.drifts)).toBe(driftsKept);
  expect((await marks.drifts(watched.rig.shop)).map(({ model, at: of_ }) => [model, of_ / 86_400_000]).sort()).toEqual([
    [version, 2 * driftsKept],
    ['other', 1],
  ]);
});

describe('the alarm of calibration', { timeout: 300_000 }, () => {
  it('is raised when far more stay away than was predicted, and cleared when that is over, or the version is another', async () => {
    const watched = await Watched.at(260);
    await watched.through();
    const say = (probability: number): Promise<void> => watched.say(version, probability);
    const observed = (await watched.board()).versions[0]?.calibration?.observed ?? 0;
    expect(observed).toBeGreaterThan(0.6);

    await say(observed - 0.4);
    await watched.rig.play([{ tick: at(261.5) }], true);
    await watched.through();
    const words = watched.rig.alarms.get('active') ?? '';
    expect(words).toMatch(/^The probabilities of churn-fixture-00000001 do not fit what happened\. Of \d+ scores of 5 months/);
    expect(words).toMatch(/40\.0 % too low, \d+\.\d standard errors/);
    const text = await watched.metrics.text();
    expect(text).toMatch(/tideline_model_calibration_error\{shop="watched-\d+",role="active"\} 0\.4/);
    expect(text).toMatch(/tideline_model_auc\{shop="watched-\d+",role="active"\} 0\.5\n/);
    expect(text).toMatch(/tideline_model_psi\{shop="watched-\d+",role="active",of="score"\} \d/);

    await say(observed);
    await watched.rig.play([{ tick: at(263) }], true);
    await watched.through();
    expect(watched.rig.alarms.size).toBe(0);

    await say(observed - 0.4);
    await watched.rig.play([{ tick: at(264.5) }], true);
    await watched.through();
    expect(watched.rig.alarms.size).toBe(1);
    // One that cannot be opened is never looked at: the alarm of the one before goes at once all the same.
    const bad = await fixtureModel('churn-bad-00000009');
    watched.rig.models.set(bad.version, { ...bad, file: bad.file.subarray(0, bad.file.length - 7) });
    watched.rig.roles = { active: bad.version, shadow: undefined };
    await watched.watch.turn();
    expect(watched.rig.alarms.size).toBe(0);
    watched.rig.roles = { active: version, shadow: undefined };
    await watched.rig.play([{ tick: at(265.6) }], true);
    await watched.through();
    expect(watched.rig.alarms.size).toBe(1);
    watched.watch.leave();
    expect(watched.rig.alarms.size).toBe(0);
    await watched.rig.play([{ tick: at(266.7) }], true);
    await watched.through();
    expect(watched.rig.alarms.size).toBe(1);
    const { manifest } = watched.model(version);
    await watched.use('churn-fixture-00000003', { training: { ...manifest.training, asOf: '2025-12-31T00:00:00.000Z' } });
    await watched.through();
    expect(watched.rig.alarms.size).toBe(0);
    // As wrong as the one before, about days that it was trained on: judged by none of them.
    await watched.say('churn-fixture-00000003', observed - 0.4);
    await watched.rig.play([{ tick: at(268) }], true);
    await watched.through();
    expect(watched.rig.alarms.size).toBe(0);
  });

  it('is not about a shadow, and goes with the last version', async () => {
    const watched = await Watched.at(260);
    // Beside an active one of which nothing is known: it clears the alarm before the shadow is looked at, not after.
    const { manifest } = watched.model(version);
    await watched.use('churn-fixture-00000005', { training: { ...manifest.training, asOf: '2025-12-31T00:00:00.000Z' } });
    watched.rig.roles = { active: 'churn-fixture-00000005', shadow: version };
    await watched.through();
    expect(await watched.metrics.text()).toMatch(/tideline_model_auc\{shop="watched-\d+",role="shadow"\}/);
    await watched.say(version, 0.1);
    await watched.rig.play([{ tick: at(261.5) }], true);
    await watched.through();
    expect(await watched.metrics.text()).toMatch(/tideline_model_calibration_error\{shop="watched-\d+",role="shadow"\} 0\.[5-9]/);
    expect(watched.rig.alarms.size).toBe(0);
    watched.rig.roles = { active: undefined, shadow: undefined };
    watched.rig.alarms.set('active', 'stood before');
    expect(await watched.watch.turn()).toBe(false);
    expect(watched.rig.alarms.size).toBe(0);
    expect(await watched.metrics.text()).not.toMatch(/tideline_model_auc\{/);
  });
});

describe('drift', { timeout: 300_000 }, () => {
  it('is against the first month behind the training where a manifest has no distributions, and says so', async () => {
    const watched = await Watched.at(200);
    await watched.through();
    const drift = (await watched.board()).versions[0]?.drift;
    expect(drift?.against).toMatchObject({ kind: 'month', at: '2024-02-01T00:00:00.000Z' });
    expect(drift?.against.words).toContain('its manifest holds no distributions of the training');
    expect(drift?.customers).toBe(40);
    expect(drift?.features).toHaveLength(35);
    expect(drift?.features.map(({ psi }) => psi)).toEqual(drift?.features.map(({ psi }) => psi).sort((a, b) => b - a));
    // Half a year later everybody is longer away; the season is none of it.
    expect(drift?.features.find(({ name }) => name === 'recency')?.state).toBe('moved-much');
    expect(drift?.features.find(({ name }) => name === 'season_sin')?.state).toBe('calendar');
    expect(drift?.words).toMatch(/moved much \(/);
  });

  it('is against the training where the manifest has them, and none against the very customers', async () => {
    const watched = await Watched.at(200);
    await watched.through();
    const body = await new MarkRepository(clickhouse).distribution(watched.rig.shop, version, Date.parse('2024-06-30T23:00:00Z'));
    const reference = modelReference.parse(JSON.parse(body ?? ''));
    await watched.use('churn-fixture-00000004', { reference });
    await watched.through();
    const drift = (await watched.board()).versions.find((each) => each.version === 'churn-fixture-00000004')?.drift;
    expect(drift?.against).toMatchObject({ kind: 'training', rows: 40, at: null });
    // Eighteen days after the reference.
    expect(drift?.features.find(({ name }) => name === 'repeat_days')).toMatchObject({ psi: 0, state: 'stable' });
    const chosen = referenceOfTraining(watched.model('churn-fixture-00000004').manifest);
    const none = chosen && driftOf(chosen, new BinCounts([], chosen.reference), new Date());
    expect(none?.score.psi).toBe(0);
  });
});

describe('the watch over all shops', { timeout: 300_000 }, () => {
  it('takes turns with those that this process scores; one that fails is tried again and stops no other', async () => {
    const [good, others] = [await Watched.at(170), await Watched.at(170)];
    const broken = { ...good.rig.shop, shop: 'broken', database: 'shop_broken' };
    const sandbox = { ...good.rig.shop, shop: 'sandbox', database: 'shop_sandbox', replayOf: 'watched' };
    const warned: string[] = [];
    const asked: string[] = [];
    const service = new ModelWatchService({
      directory: { list: () => Promise.resolve([broken, sandbox, others.rig.shop, good.rig.shop]) },
      scores: ({ database }) => database !== others.rig.shop.database,
      partsOf: ({ shop }) => {
        asked.push(shop);
        if (shop !== 'broken') return good.parts;
        return { ...good.parts, watermarks: { read: () => Promise.reject(new Error('the store is away')) } };
      },
      log: { warn: (fields) => void warned.push(JSON.stringify(fields)) },
      ...{ quietMs: 0, turnMs: 1 },
    });
    service.start();
    const marks = new MarkRepository(clickhouse);
    for (let waited = 0; waited < 60_000 && (await marks.months(good.rig.shop)).length < 3; waited += 20) {
      await new Promise((resume) => setTimeout(resume, 20));
    }
    await service.stop();
    expect((await marks.months(good.rig.shop)).length).toBeGreaterThanOrEqual(3);
    expect(await marks.months(others.rig.shop)).toEqual([]);
    expect([...new Set(asked)]).toEqual(['broken', good.rig.shop.shop]);
    // Said once, not at each turn.
    expect(warned).toEqual([expect.stringContaining('the store is away')]);
    const after = (await marks.months(good.rig.shop)).length;
    await new Promise((resume) => setTimeout(resume, 300));
    expect((await marks.months(good.rig.shop)).length).toBe(after);
  });
});
