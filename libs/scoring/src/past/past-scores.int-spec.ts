import { openEmbedded, type ClickHouse } from '#clickhouse';
import { silences } from '#testing';
import { PastMomentReads } from '#warehouse';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { fixtureModel, lookThrough, ScoringRig } from '../scorer/rig.testing.js';
import { PastScores, type OpenedPast } from './past-scores.js';

let directory: string;
let clickhouse: ClickHouse;
let opened: OpenedPast;
let rig: ScoringRig;

/** A look at everybody on day 180, and a live scorer for half a year: looked at after each tick. */
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tideline-past-'));
  clickhouse = await openEmbedded(directory);
  rig = await ScoringRig.open(clickhouse, 'lived');
  await rig.use();
  const scorer = rig.scorer();
  await rig.play([...silences.history(), { tick: silences.at(180) }], true);
  await lookThrough(scorer);
  const script = silences.ahead(1, 330);
  for (let place = 0; place < script.length; place += 40) {
    await rig.play(script.slice(place, place + 40), true);
    await lookThrough(scorer);
  }
  await scorer.stop();
  const model = await fixtureModel();
  const past = new PastScores({ models: { active: () => Promise.resolve(model) }, moments: new PastMomentReads(clickhouse) });
  opened = (await past.open(rig.shop)) as OpenedPast;
});
afterAll(async () => {
  await opened.close();
  await clickhouse.close();
  await rm(directory, { recursive: true, force: true });
});

const tenMinutes = 600_000;
const end = Date.parse(silences.at(330));

/** `customer from>to muted` with instants, customer by customer. */
async function pastMoves(signal = new AbortController().signal): Promise<{ line: string; at: number }[]> {
  const moves: { line: string; at: number }[] = [];
  for await (const some of opened.scores({ from: Date.parse(silences.at(180)), to: end }, signal)) {
    for (const { score } of some) {
      const line = `${score.customerId} ${score.cause} ${score.previousBand ?? 'none'}>${score.band}${score.muted ? ' muted' : ''}`;
      moves.push({ line, at: Date.parse(score.decidedAt) });
    }
  }
  return moves.sort((a, b) => a.line.localeCompare(b.line) || a.at - b.at);
}

it('is what a scorer told who lived through it, to ten minutes', async () => {
  // Two events of one instant are one here: what was placed and cancelled in the same millisecond moves nobody there and back.
  const moves = (await rig.moves()).map((text) => {
    const [date, time, ...line] = text.split(' ');
    return { line: line.join(' '), at: Date.parse(`${date}T${time}Z`) };
  });
  const instants = moves.map(({ line, at }) => `${line.split(' ')[0]} ${at}`);
  const thereAndBack = instants.filter((each, index) => instants.indexOf(each) !== index);
  expect(thereAndBack.length).toBeLessThan(5);
  const lived = moves
    .filter((_, index) => !thereAndBack.includes(instants[index] ?? ''))
    // What is told late may be told behind the stretch that is asked for.
    .filter(({ at }) => at <= end)
    .sort((a, b) => a.line.localeCompare(b.line) || a.at - b.at);
  const past = await pastMoves();
  expect(lived.length).toBeGreaterThan(100);
  expect(past.map(({ line }) => line)).toEqual(lived.map(({ line }) => line));
  const late = past.map(({ at }, index) => at - (lived[index]?.at ?? NaN));
  // A crossing may be found so late, and is looked for a minute ahead of what the scorer knew then.
  expect(Math.max(...late.map(Math.abs))).toBeLessThanOrEqual(tenMinutes);
});

it('ends when nobody waits for it any more', async () => {
  const gone = new AbortController();
  gone.abort();
  await expect(pastMoves(gone.signal)).rejects.toThrow(/abort/i);
});
