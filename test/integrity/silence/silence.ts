import {
  atLeast,
  atMost,
  exactly,
  FaultProxy,
  type ProductProcess,
  Random,
  silences,
  type Measure,
  type SilenceScript,
  until,
} from '#testing';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { differences, inScoringWorld } from './scoring-world.js';
import type { ShopOnTopics, Told } from './shop-on-topics.js';

/** Messages of the script between two kills. */
const between = 12;
/** Longest time from a message to the kill: the first batch of a new scorer is under way then, or through. */
const longestMs = 900;
/** Seconds of the shop between two ticks of a source, which come once a second. */
const speeds = [1, 1_440] as const;
/** So long after the last event everybody's silence has crossed what it crosses. */
const tailDays = 400;

/**
 * A scorer as a process of its own, killed again and again while events and ticks stream: what was decided is told, and what is told
 * twice is the same to the byte. Beside it another shop of the same messages, whose scorer was left alone.
 * @param work a directory
 * @param options crossings: of how many it is measured, at each speed, how soon they are told of
 */
export async function silence(
  work: string,
  { kills = 20, seed = 1, crossings = 10 }: { readonly kills?: number; readonly seed?: number; readonly crossings?: number } = {},
): Promise<Measure[]> {
  const decided = await inScoringWorld(join(work, 'killed'), {}, async (world) => {
    const random = new Random(seed);
    // As many days as the kills need. A tick comes last: it says that all before it is there, so both shops are read at one and the same place.
    const end = 182 + kills * 8;
    const script: SilenceScript = [...silences.ahead(seed, end), { tick: silences.at(end + tailDays) }];
    const outcomes: Outcome[] = [];
    let [killed, aimed] = [0, 0];
    /** What the way had held when it was last told to hold; undefined while it lets all pass. */
    let heldBefore: number | undefined;
    const way = await FaultProxy.open(seed);
    let scorer = await world.scorer(way);
    for (const name of ['killed', 'left-alone']) {
      const shop = await world.shop(name);
      for (let place = 0; place < script.length; place += between) {
        const isKilled = name === 'killed' && killed < kills;
        // One in four between telling and the note that it was told: chance alone hits that in none of two hundred.
        const isAimed = isKilled && killed % 4 === 0;
        if (isAimed && heldBefore === undefined) {
          heldBefore = way.counts.held;
          await way.begin({ kind: 'half-open', from: isNoteOfTold });
        }
        await shop.send(script.slice(place, place + between));
        if (!isKilled) continue;
        if (isAimed) {
          const before = heldBefore ?? 0;
          // Where these messages changed no band, the next ones may.
          if (!(await comesTrue(() => way.counts.held > before))) continue;
          aimed += 1;
          heldBefore = undefined;
        }
        // A new one begins when the group has given the dead one up; now and then it does not come to that.
        else if (killed % 4 !== 3) await until(async () => (await scoredOf(scorer)) > 0, 'the scorer has its turn', { ms: 120_000 });
        if (!isAimed) await sleep(random.next() * longestMs);
        await scorer.end('SIGKILL');
        await way.end();
        killed += 1;
        scorer = await world.scorer(way);
      }
      await shop.decided();
      outcomes.push({ stored: await shop.stored(), told: await shop.told() });
      await shop.close();
    }
    await way.close();
    const [of, calm] = outcomes as [Outcome, Outcome];
    return silenceMeasures({ kills, killed, aimed, of, calm });
  });
  if (crossings === 0) return decided;
  // In a world of its own: months of the other shops are looked at again meanwhile, and take the cores.
  const timed = await inScoringWorld(join(work, 'timed'), {}, async (world) => {
    await world.scorer();
    return firing(await world.shop('timed'), crossings);
  });
  return [...decided, ...timed];
}

/**
 * How long it takes from the tick that passes a crossing to its word on the topic; the next tick comes after a second. The first of all is not
 * counted: the scorer has just begun, and what is compiled is compiled then.
 */
async function firing(shop: ShopOnTopics, crossings: number): Promise<Measure[]> {
  const measures: Measure[] = [];
  const tick = (at: number): Promise<void> => shop.send([{ tick: new Date(at).toISOString() }]);
  for (const speed of speeds) {
    const half = speed * 500;
    let longest = 0;
    for (let n = speed === speeds[0] ? -1 : 0; n < crossings; n += 1) {
      const at = await shop.nextCrossing();
      await tick(at - half);
      await shop.decided();
      await tick(at + half);
      const sent = performance.now();
      await shop.decided();
      if (n >= 0) longest = Math.max(longest, performance.now() - sent);
    }
    const measure = `from the tick that passes a crossing to its word, at ${speed}x, the longest of ${crossings}`;
    measures.push(atMost(measure, Math.round(longest), 'ms', 1_000));
  }
  await shop.close();
  return measures;
}

/** What a run with kills came to, beside one of the same messages without. */
export interface SilenceRun {
  readonly kills: number;
  readonly killed: number;
  /** Kills that hit between telling and the note that it was told. */
  readonly aimed: number;
  readonly of: Outcome;
  readonly calm: Outcome;
}

export function silenceMeasures({ kills, killed, aimed, of, calm }: SilenceRun): Measure[] {
  const lines = differences(of.stored, calm.stored);
  if (lines.length > 0) process.stderr.write(`decisions that differ (- killed, + left alone):\n${lines.join('\n')}\n`);
  const ids = new Map(of.told.map((each) => [each.id, each]));
  return [
    exactly('scorers that were killed', killed, 'processes', kills),
    atLeast('of them between telling and the note of it', aimed, 'processes', Math.max(1, Math.floor(kills / 8))),
    atLeast('changed bands', calm.stored.length, 'decisions', 60),
    exactly(
      'changed bands that were stored and not told, or told and not stored',
      differences(of.stored.map(moveOf), of.told.map(moveOfTold)).length,
      'decisions',
      0,
    ),
    exactly('changed bands that are others than those of a scorer left alone', lines.length, 'decisions', 0),
    exactly('ids of one decision that are two', ids.size - linesOf(of.told).length, 'ids', 0),
    exactly(
      'repetitions that are not the same to the byte',
      of.told.filter((each) => ids.get(each.id)?.value !== each.value).length,
      'messages',
      0,
    ),
    // Without one, the line above says nothing.
    atLeast('messages told more than once', of.told.length - ids.size, 'messages', 1),
  ];
}

/** What a scorer writes once its words are on the topic. */
function isNoteOfTold(sent: Buffer): boolean {
  return sent.includes('"active","sent"');
}

/** Whether something comes to be within a minute: not every dozen messages change a band. */
function comesTrue(condition: () => boolean): Promise<boolean> {
  return until(() => Promise.resolve(condition()), 'a changed band is told', { ms: 60_000, everyMs: 10 }).then(
    () => true,
    () => false,
  );
}

interface Outcome {
  readonly stored: readonly string[];
  readonly told: readonly Told[];
}

/** What was told, each once. */
function linesOf(told: readonly Told[]): string[] {
  return [...new Set(told.map(({ line }) => line))].sort();
}

/** Instant, customer and band of a stored move, and of one that was told. */
function moveOf(line: string): string {
  const [date, time, customer, , bands] = line.split(' ');
  return `${date}T${time}Z ${customer} ${bands?.split('>')[1]}`;
}
function moveOfTold({ line }: Told): string {
  const { decidedAt, customerId, band } = JSON.parse(line) as Record<string, string>;
  return `${decidedAt} ${customerId} ${band}`;
}

/** Decisions that a scorer counts of itself. */
async function scoredOf(scorer: ProductProcess): Promise<number> {
  const text = await scorer.call('/metrics');
  return [...text.matchAll(/^tideline_scored_total\{.*\} (\d+)$/gm)].reduce((sum, [, count]) => sum + Number(count), 0);
}
