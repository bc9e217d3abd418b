import { openEmbedded, sql, type ClickHouse } from '#clickhouse';
import { topicOf, type PipelineAnswer, type SummaryAnswer } from '#contracts';
import { openStreaming } from '#streaming';
import { corruptCell, Instance, runCli, seededShop, silent, type CliResult, until } from '#testing';
import { databaseOf, figureTables, tableOf, type Shop } from '#warehouse';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';

// `cli audit` and `cli rebuild` as a user runs them, against a running and a stopped instance. Needs the build (npm test makes it).

const name = 'kept';
let directory: string;
let data: string;
let instance: Instance | undefined;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tideline-maintenance-'));
  data = join(directory, 'data');
  instance = await Instance.start(data);
  const { messages, shop } = seededShop(31, { orders: 60 });
  await instance.call('PUT', `/api/v1/shops/${name}`, { ...shop, clock: 'data' });
  await until(async () => (await instance?.get<{ status: string }>(`/api/v1/shops/${name}`))?.status === 'ready', `${name} is ready`);
  const { kafka } = await instance.get<PipelineAnswer>('/api/v1/pipeline');
  const streaming = openStreaming({ brokers: kafka.brokers, clientId: 'tests', logger: silent });
  const producer = await streaming.producer();
  for (const { topic, key, value } of messages) await producer.send(topicOf(name, topic), [{ key, value: value.toString() }]);
  await streaming.close();
  await until(async () => {
    const pipeline = (await instance?.get<PipelineAnswer>('/api/v1/pipeline'))?.shops[0];
    return pipeline?.partitions.every(({ lag }) => lag === '0') === true && pipeline.partitions.some(({ next }) => next !== '0');
  }, `${name} has settled`);
});
afterAll(async () => {
  await instance?.stop();
  await rm(directory, { recursive: true, force: true });
});

const shop = { shop: name, database: databaseOf(name) } as Shop;

/** Works on the store of the stopped instance. */
async function store<T>(work: (clickhouse: ClickHouse) => Promise<T>): Promise<T> {
  const clickhouse = await openEmbedded(join(data, 'clickhouse'));
  try {
    return await work(clickhouse);
  } finally {
    await clickhouse.close();
  }
}

const running = (...args: string[]): Promise<CliResult> => runCli([...args, '--shop', name, '--url', instance?.url ?? '']);
const stopped = (...args: string[]): Promise<CliResult> => runCli([...args, '--shop', name, '--data', data]);
/** Everything the summary says but of which generation it is. */
const summary = async (): Promise<string> =>
  JSON.stringify({ ...(await instance?.get<SummaryAnswer>(`/api/v1/shops/${name}/kpis/summary`)), generation: '' });

it('audits a running instance, whole or in samples, and compares what the broker holds', async () => {
  const quick = await running('audit');
  expect([quick.code, quick.out.match(/^ok +(\w+)/gm)?.map((line) => line.split(/ +/)[1])]).toEqual([
    0,
    ['offsets', 'broker', 'totals', 'sample'],
  ]);
  const full = await running('audit', '--full');
  expect(full.errors).toMatch(/folding the ledger 100%/);
  expect([full.code, full.out]).toEqual([0, expect.stringMatching(/^ok +broker [^]*^ok +agg_kpi +\d+ rows$[^]*^no difference$/m)]);
});

it('refuses a directory that is in use, that holds no store, and a shop that is not there', async () => {
  const inUse = await stopped('audit');
  expect([inUse.code, inUse.errors]).toEqual([1, expect.stringContaining(`is held by another instance (process ${instance?.pid}`)]);
  const nothing = await runCli(['audit', '--shop', name, '--data', join(directory, 'nowhere')]);
  expect([nothing.code, nothing.errors]).toEqual([1, expect.stringMatching(/holds no store/)]);
  await instance?.stop();
  const unknown = await runCli(['audit', '--shop', 'nobody', '--data', data]);
  expect([unknown.code, unknown.errors]).toEqual([1, 'There is no shop nobody. There are: kept.\n']);
});

it('audits a stopped instance: all that it kept agrees, and of the broker nothing is said', async () => {
  const { code, out } = await stopped('audit');
  expect(out).toMatch(/^- +broker +no broker is up/m);
  expect(out).toMatch(/^no difference$/m);
  expect(code).toBe(0);
});

it('names the key of a changed cell, stopped and running; a rebuild mends it while readers see the old answer or the new one', async () => {
  const cell = await store(async (clickhouse) => {
    const table = (await figureTables(clickhouse, shop)).find((each) => each.name === 'agg_kpi');
    const gross = table?.values.find((column) => column.name === 'gross');
    if (!table || !gross) throw new Error('There is no such table.');
    // The last grain is the month, its first dimension the whole: what the summary is made of.
    const last = await clickhouse.query<{ n: string }>(
      sql`SELECT count() AS n FROM ${tableOf(shop, table.name)} FINAL WHERE grain < 'month'`,
    );
    return corruptCell(clickhouse, tableOf(shop, table.name), table, gross, Number(last[0]?.n));
  });
  const whileStopped = await stopped('audit');
  const first = `first difference: agg_kpi [${cell.key}] gross: expected `;
  expect([whileStopped.code, whileStopped.out]).toEqual([1, expect.stringContaining(first)]);

  instance = await Instance.start(data);
  const whileRunning = await running('audit', '--full');
  expect([whileRunning.code, whileRunning.out]).toEqual([1, expect.stringContaining(first)]);
  const { alarms } = await instance.get<PipelineAnswer>('/api/v1/pipeline');
  expect(alarms.map(({ code, subject }) => [code, subject])).toContainEqual(['audit', 'full']);

  const old = await summary();
  const seen: string[] = [];
  let going = true;
  const reading = (async () => {
    while (going) seen.push(await summary());
  })();
  const rebuilt = await running('rebuild', 'agg_kpi');
  expect([rebuilt.code, rebuilt.out]).toEqual([0, 'made anew from the ledger: agg_kpi\n']);
  const mended = await summary();
  going = false;
  await reading;
  expect(mended).not.toBe(old);
  const change = seen.indexOf(mended);
  expect(new Set(seen.slice(0, change))).toEqual(new Set([old]));
  expect(new Set(seen.slice(change))).toEqual(new Set([mended]));

  const again = await running('audit', '--full');
  expect([again.code, again.out]).toEqual([0, expect.stringMatching(/^no difference$/m)]);
  const stands = async (): Promise<boolean> =>
    ((await instance?.get<PipelineAnswer>('/api/v1/pipeline'))?.alarms ?? []).some(
      ({ code, subject }) => `${code} ${subject}` === 'audit full',
    );
  // What is kept of it ends with the keeper's next look.
  await until(async () => !(await stands()), 'the alarm is over', { ms: 10_000 });
});

it('audits a killed instance, and rebuilds a stopped one', async () => {
  await instance?.kill();
  expect((await stopped('audit')).code).toBe(0);
  const { code, out } = await stopped('rebuild');
  expect([code, out]).toEqual([0, expect.stringMatching(/^made anew from the ledger: dim_customer_keys, .*agg_kpi/)]);
  const after = await stopped('audit');
  expect([after.code, after.out]).toEqual([0, expect.stringMatching(/^ok +mv_rfm_scores/m)]);
});
