import { openEmbedded, serveHttp, type EmbeddedClickHouse, type HttpEndpoint } from '#clickhouse';
import { rhythms, runPython, ShopRun } from '#testing';
import { FeatureReads, type Shop } from '#warehouse';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';

/** A Python with what the trainer needs, as `npm test` has made it. */
const { ensureTrainer } = (await import(new URL('../../scripts/lib/python.mjs', import.meta.url).href)) as {
  ensureTrainer: (root: string, say: (text: string) => void, requirements: string) => string;
};

// The trainer is a reader like any other: its statements pass the guard of the read-only listener, and its bytes are the scorer's.

let directory: string;
let engine: EmbeddedClickHouse;
let endpoint: HttpEndpoint;
let shop: Shop;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tideline-trainer-'));
  engine = await openEmbedded(join(directory, 'store'));
  const { shop: settings, messages } = rhythms();
  const run = await ShopRun.open(engine, 'rhythms', settings);
  await run.arrive(messages, 50);
  shop = run.shop;
  endpoint = await serveHttp(engine, { readOnly: { port: 0 } });
});
afterAll(async () => {
  await endpoint.close();
  await engine.close();
  await rm(directory, { recursive: true, force: true });
});

const asOf = new Date('2025-11-30T09:59:59.999Z');

/** Bytes of the scorer's rows by customer, in hex. */
async function scored(): Promise<Record<string, string>> {
  const rows: Record<string, string> = {};
  const mbg = { r: 0.83, alpha: 61.5, a: 0.71, b: 2.3 };
  for await (const { customerIds, values } of new FeatureReads(engine).sweep(shop, { asOf, mbg })) {
    const width = values.length / customerIds.length;
    customerIds.forEach((id, row) => {
      rows[id] = Buffer.from(values.slice(row * width, (row + 1) * width).buffer).toString('hex');
    });
  }
  expect(Object.keys(rows)).toHaveLength(21);
  return rows;
}

it('gives the trainer the rows of the scorer, bit for bit', async () => {
  const python = ensureTrainer(process.cwd(), () => undefined, 'requirements-dev.txt');
  const asked = [String(endpoint.readOnly?.port), shop.shop, String(asOf.getTime())];
  const answer = JSON.parse(await runPython(python, 'test/integration/trainer_store.py', asked)) as Record<string, unknown>;
  expect(answer).toEqual({
    rows: await scored(),
    span: [Date.parse('2023-12-31T23:59:59.999Z'), Date.parse('2025-11-30T10:00:00.000Z')],
    after: ['twin'],
    nobody: 0,
    refused: 'store-refused',
  });
});

it('gives anybody what the scorer reads, bit for bit, as bytes and as text', async () => {
  const rows = await scored();
  const asked = [String(endpoint.readOnly?.port), shop.database, shop.timeZone, '2025-11-30 09:59:59.999'];
  const answer = JSON.parse(await runPython('python3', 'test/integration/read_features.py', asked)) as Record<string, unknown>;
  expect(answer['RowBinary']).toEqual(rows);
  expect(answer['TabSeparatedWithNames']).toEqual(rows);
  expect(answer['parquet']).toEqual(['PAR1', 'PAR1']);
  expect(answer['labels']).toEqual(['twin\t1\t10']);
  expect(answer['extent']).toEqual([
    '2023-12-31 23:59:59.999\t2025-11-30 10:00:00.000\t21\t2025-11-30 10:00:00.000\t2025-11-30 10:00:00.000',
  ]);
});
