import { openEmbedded, type ClickHouse } from '#clickhouse';
import { arrivals, atLeast, exactly, seededShop, type Measure } from '#testing';
import { join } from 'node:path';
import type { MeasureOptions } from '../../run-measures.js';
import { Duel, type Phase } from './duel.js';
import { stopped, type Round } from './rounds.js';

/** Messages that come while the first refresher works, and as many again before it wakes. */
const perRound = 12;
/** No step and no settling has so many writes. */
const mostWrites = 40;

/**
 * Two refreshers of one shop: one is stopped before its first write, its second, and so on through a step and a settling; each time another
 * one takes over and goes on before the first one wakes. Every cell is compared with the oracle, at the new one's first step and at the end.
 */
export async function fence(work: string, { seeds = 3 }: MeasureOptions): Promise<Measure[]> {
  const clickhouse = await openEmbedded(join(work, 'store'));
  const rounds: Round[] = [];
  try {
    for (let seed = 1; seed <= seeds; seed += 1)
      for (const phase of ['step', 'settle'] as const) rounds.push(...(await beforeEachWrite(clickhouse, phase, seed)));
  } finally {
    await clickhouse.close();
  }
  // Work tables bear the claim's number.
  const writes = new Set(rounds.map(({ write }) => write?.replace(/_\d+$/, '')));
  const refused = rounds.filter(({ ended }) => ended === 'claim-lost').length;
  const oddly = rounds.filter(({ ended }) => ended !== 'claim-lost' && ended !== 'done');
  for (const { write, ended } of oddly) process.stdout.write(`stopped before ${write ?? '?'} it ended with ${ended}\n`);
  return [
    atLeast('refreshers stopped before a write', rounds.length, 'rounds', 10 * seeds),
    atLeast('kinds of writes', writes.size, 'writes', 12),
    atLeast('refused by the store when they woke', refused, 'rounds', 1),
    exactly('ended in another way than refused or without harm', oddly.length, 'rounds', 0),
    exactly(
      'cells that differ from the oracle',
      rounds.reduce((sum, { differences }) => sum + differences, 0),
      'cells',
      0,
    ),
  ];
}

async function beforeEachWrite(clickhouse: ClickHouse, phase: Phase, seed: number): Promise<Round[]> {
  const scenario = seededShop(seed, { timeZone: 'Europe/London', orders: 240 });
  const messages = arrivals(seed, scenario.messages, { shuffle: true });
  const duel = await Duel.open(clickhouse, `fence-${phase}-${seed}`, scenario.shop);
  const rounds: Round[] = [];
  for (let nth = 1; nth <= mostWrites; nth += 1) {
    const [during, after] = [messages.splice(0, perRound), messages.splice(0, perRound)];
    if (during.length === 0) throw new Error(`Seed ${seed} has too few messages to stop a ${phase} before its write ${nth}.`);
    let count = 0;
    const round = await stopped(duel, phase, () => (count += 1) === nth, { during, after, handed: nth % 2 === 0 });
    if (round.write === undefined) return rounds;
    process.stdout.write(`seed ${seed}, ${phase}, write ${nth}: ${round.write}, ${round.ended}, ${round.differences} cells differ\n`);
    rounds.push(round);
  }
  throw new Error(`A ${phase} of seed ${seed} has more than ${mostWrites} writes.`);
}
