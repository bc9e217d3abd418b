import type { TestMessage } from '#testing';
import type { Duel, Phase } from './duel.js';

/** What came of stopping one refresher before one of its writes, and letting another one take over. */
export interface Round {
  /** `INSERT agg_kpi`; undefined when the phase has no such write any more. */
  readonly write: string | undefined;
  /** Code of the error with which the stopped one ended, or `done`. */
  readonly ended: string;
  /** Cells that differ: of the new one's first step at its own watermark, while the other is stopped, and of all at the end. */
  readonly differences: number;
}

/**
 * One refresher is stopped right before a write; another one takes over, goes on, and is far ahead when the first one wakes.
 * @param during what the first one is at when it is stopped @param after what comes before it wakes
 * @param handed whether its own process wrote that, so that it need not read it back
 */
export async function stopped(
  duel: Duel,
  phase: Phase,
  wanted: (write: string) => boolean,
  { during, after, handed }: { during: readonly TestMessage[]; after: readonly TestMessage[]; handed: boolean },
): Promise<Round> {
  const first = duel.contender('first');
  const second = duel.contender('second');
  await first.refresher.claim();
  await first.refresher.catchUp();
  await duel.arrive(during, handed ? first : undefined);
  if (phase === 'settle') while (await first.refresher.step());
  const { held, ended } = duel.begin(first, phase, wanted);
  const write = await Promise.race([held.reached, ended.then(() => undefined)]);

  await second.refresher.claim();
  await second.refresher.step();
  let differences = (await duel.differencesAtItsWatermark(second)).length;
  await second.refresher.catchUp();
  await duel.arrive(after);
  await second.refresher.catchUp();

  held.release();
  const end = await ended;
  differences += (await duel.differences(second)).length;
  return { write, ended: end, differences };
}
