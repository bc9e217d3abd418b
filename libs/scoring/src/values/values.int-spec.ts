import { openEmbedded, type ClickHouse } from '#clickhouse';
import { customerValueAnswer, type ClvManifest } from '#contracts';
import { silences } from '#testing';
import { FeatureReads, noRoles, type ModelRoles, type ReadGate, type StoredModel } from '#warehouse';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { valueFixture } from '../engine/fixture.testing.js';
import { openValueModel } from '../engine/index.js';
import { ScoringRig } from '../scorer/rig.testing.js';
import { ValuesService } from './values.service.js';

// The real engine, facts by the real refresher, the real model.

let directory: string;
let clickhouse: ClickHouse;
let rig: ScoringRig;
let values: ValuesService;
let roles: ModelRoles;
let reads: string[];
/** How often figures were read. */
let asked: number;
const versions = new Map<string, StoredModel>();
const [active, shadow] = ['clv-fixture-00000001', 'clv-fixture-00000002'] as const;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tideline-values-'));
  clickhouse = await openEmbedded(directory);
  rig = await ScoringRig.open(clickhouse, 'valued');
  await rig.play([...silences.history(), { tick: silences.at(180) }], true);
  const { manifest, file, offset } = await valueFixture();
  for (const version of [active, shadow]) versions.set(version, { version, manifest: manifest as unknown as ClvManifest, file, offset });
});
afterAll(async () => {
  await clickhouse.close();
  await rm(directory, { recursive: true, force: true });
});
beforeEach(() => {
  reads = [];
  roles = { ...noRoles, active };
  const models = {
    rolesOf: () => Promise.resolve(roles),
    read: (version: string) => {
      reads.push(version);
      const stored = versions.get(version);
      return stored ? Promise.resolve(stored) : Promise.reject(new Error(`${version} is damaged`));
    },
  };
  asked = 0;
  const gate: Pick<ReadGate, 'read'> = {
    read: (shop, work, level) => {
      asked += 1;
      return rig.pipeline.gate.read(shop, work, level);
    },
  };
  values = new ValuesService({ gate, features: new FeatureReads(clickhouse), models });
});

/** Every customer's value, by the features of all at once. */
async function byHand(): Promise<Map<string, number>> {
  const { manifest, file, offset } = await valueFixture();
  const model = await openValueModel({ manifest, file, offset });
  const found = new Map<string, number>();
  for await (const { customerIds, values: rows } of new FeatureReads(clickhouse).sweep(rig.shop, {
    ...{ asOf: new Date(silences.at(180)), mbg: model.mbg },
  })) {
    const { value } = await model.values(rows, customerIds.length);
    customerIds.forEach((id, row) => found.set(id, value[row] ?? NaN));
  }
  await model.close();
  return found;
}

it('says of each customer what the model says of his features at the clock, and that a year is a projection', async () => {
  const wanted = await byHand();
  expect(wanted.size).toBeGreaterThan(5);
  for (const [id, value] of wanted) {
    const answer = customerValueAnswer.parse(await values.ofCustomer(rig.shop, id));
    expect(answer).toMatchObject({ customerId: id, model: active, currency: 'GBP', horizonDays: 365, projection: true, shadow: null });
    expect(answer.value).toBe(value.toFixed(2));
    expect(answer.asOf).toBe(new Date(silences.at(180)).toISOString());
    expect(answer.words).toMatch(/^a projection: learnt from windows of \d+ days/);
    expect(answer.reasons.length).toBeGreaterThan(0);
  }
  expect(new Set([...wanted.values()].map((value) => value.toFixed(2))).size).toBeGreaterThan(3);
  // Opened once for all of them.
  expect(reads).toEqual([active]);
  await values.close();
});

it('asks a shadow beside it; one that cannot be read keeps nobody from the answer that counts', async () => {
  const [[id] = ['']] = await byHand();
  roles = { ...roles, shadow };
  const answer = await values.ofCustomer(rig.shop, id);
  expect(answer.shadow).toEqual({ model: shadow, value: answer.value });
  roles = { ...roles, shadow: 'clv-gone-00000003' };
  expect(await values.ofCustomer(rig.shop, id)).toMatchObject({ value: answer.value, shadow: null });
  await values.ofCustomer(rig.shop, id);
  // Tried again by each who asks.
  expect(reads.filter((version) => version === 'clv-gone-00000003')).toHaveLength(2);
  await values.close();
});

it('says why there is none: no such customer, no active model', async () => {
  await expect(values.ofCustomer(rig.shop, 'nobody')).rejects.toMatchObject({
    code: 'score-unknown',
    message: expect.stringContaining('nobody has no predicted value in valued') as string,
  });
  // With a shadow beside it the store is not asked again.
  roles = { ...roles, shadow };
  asked = 0;
  await expect(values.ofCustomer(rig.shop, 'nobody')).rejects.toMatchObject({ code: 'score-unknown' });
  expect(asked).toBe(1);
  roles = noRoles;
  await expect(values.ofCustomer(rig.shop, 'nobody')).rejects.toMatchObject({
    code: 'score-unknown',
    message: expect.stringContaining('npm run train -- --shop valued --kind clv') as string,
  });
  await values.close();
});

it('opens a model anew whose thread has ended: the one that counts, and a shadow whose failing nobody hears of', async () => {
  const [[id] = ['']] = await byHand();
  const threads: Worker[] = [];
  const started = (thread: Worker): void => void threads.push(thread);
  process.on('worker', started);
  roles = { ...roles, shadow };
  const answer = await values.ofCustomer(rig.shop, id);
  process.off('worker', started);
  const [ofActive, ofShadow] = threads;
  // The shadow is opened behind it.
  await ofShadow?.terminate();
  expect(await values.ofCustomer(rig.shop, id)).toMatchObject({ value: answer.value, shadow: null });
  expect(await values.ofCustomer(rig.shop, id)).toMatchObject({ value: answer.value, shadow: answer.shadow });
  expect(reads).toEqual([active, shadow, shadow]);
  await ofActive?.terminate();
  await expect(values.ofCustomer(rig.shop, id)).rejects.toMatchObject({ code: 'run-failed', retryable: true });
  expect(await values.ofCustomer(rig.shop, id)).toMatchObject({ value: answer.value, shadow: answer.shadow });
  expect(reads).toEqual([active, shadow, shadow, active]);
  await values.close();
});
