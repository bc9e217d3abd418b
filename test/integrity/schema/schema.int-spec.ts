import { openEmbedded, type ClickHouse } from '#clickhouse';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Migrations } from './migrations.js';
import { mixedProducers } from './producers.js';

// A short part of `npm run test:integrity -- schema`.

let directory: string;
let engine: ClickHouse;
let migrations: Migrations;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tideline-schema-'));
  engine = await openEmbedded(join(directory, 'clickhouse'));
  migrations = await Migrations.over(engine, join(directory, 'older'));
});
afterAll(async () => {
  await engine.close();
  await rm(directory, { recursive: true, force: true });
});

it('takes what old and new producers send at once', async () => {
  const { newer, refused, lost, cells } = await mixedProducers(engine, 'mixed', 3);
  expect([newer, refused].every((count) => count > 3)).toBe(true);
  expect({ lost, cells }).toEqual({ lost: 0, cells: 0 });
});

it.each([8, 9])('brings a shop with a ledger over migration %i and those after it', async (number) => {
  expect(await Migrations.ofShops()).toContain(number);
  expect(await migrations.upgrade(number)).toEqual({ tables: 0, cells: 0 });
});

it.each([3, 20, 45])('goes on after a death at statement %i of the migrations', async (at) => {
  for (const carriedOut of [false, true]) expect(await migrations.death(at, carriedOut)).toBe(0);
});
