import { openEmbedded, type ClickHouse } from '#clickhouse';
import { atLeast, exactly, seen, type Measure } from '#testing';
import { join } from 'node:path';
import type { MeasureOptions } from '../../run-measures.js';
import { Migrations } from './migrations.js';
import { mixedProducers, type Mixed } from './producers.js';

/** Statements of the migrations of a shop, at least: fewer would mean that the deaths hit nothing. */
const leastStatements = 50;

/**
 * Schemas that change: producers of several versions at once; a shop with a ledger brought over each migration; a process that dies at
 * each statement of the migrations.
 */
export async function schema(work: string, { seeds = 5 }: MeasureOptions): Promise<Measure[]> {
  const engine = await openEmbedded(join(work, 'clickhouse'));
  try {
    return [...(await producers(engine, seeds)), ...(await upgrades(engine, join(work, 'older')))];
  } finally {
    await engine.close();
  }
}

async function producers(engine: ClickHouse, seeds: number): Promise<Measure[]> {
  const runs: Mixed[] = [];
  for (let seed = 1; seed <= seeds; seed += 1) runs.push(await mixedProducers(engine, `mixed-${seed}`, seed));
  const sum = (of: keyof Mixed): number => runs.reduce((total, run) => total + run[of], 0);
  return [
    seen('messages of old and new producers', sum('messages'), 'messages'),
    atLeast('with attributes that nobody here knows', sum('newer'), 'messages', 50 * seeds),
    atLeast('of an unknown version, dead letters that say so', sum('refused'), 'messages', seeds),
    exactly('whose bytes are not in the ledger', sum('lost'), 'messages', 0),
    exactly('mixed producers: cells that differ from the oracle', sum('cells'), 'cells', 0),
  ];
}

async function upgrades(engine: ClickHouse, older: string): Promise<Measure[]> {
  const migrations = await Migrations.over(engine, older);
  const [total, numbers] = [{ tables: 0, cells: 0 }, await Migrations.ofShops()];
  for (const number of numbers) {
    const { tables, cells } = await migrations.upgrade(number);
    total.tables += tables;
    total.cells += cells;
  }
  const deaths = { before: 0, after: 0, wrong: 0 };
  for (const [when, carriedOut] of [
    ['before', false],
    ['after', true],
  ] as const) {
    for (
      let wrong = await migrations.death(1, carriedOut);
      wrong !== undefined;
      wrong = await migrations.death(deaths[when] + 1, carriedOut)
    ) {
      deaths[when] += 1;
      deaths.wrong += Number(wrong > 0);
    }
  }
  return [
    atLeast('upgrades of a shop with a ledger', numbers.length, 'upgrades', 5),
    exactly('upgrades: tables that differ from those of a new shop', total.tables, 'tables', 0),
    exactly('upgrades: cells that differ from the oracle', total.cells, 'cells', 0),
    atLeast('deaths right before a statement of a migration', deaths.before, 'deaths', leastStatements),
    atLeast('deaths right after one', deaths.after, 'deaths', leastStatements),
    exactly('deaths after which a table differs', deaths.wrong, 'deaths', 0),
  ];
}
