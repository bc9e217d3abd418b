import { atLeast, exactly, type Measure, Random, seen, silences, type SilenceScript } from '#testing';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { differences, inScoringWorld } from './scoring-world.js';
import type { ShopOnTopics, Told } from './shop-on-topics.js';

const shopName = 'replayed';
/** Shop days of the script for each scorer that is killed. */
const daysPerKill = 14;
/** So long after the last event all silences have crossed what they cross, and all alerts are over. */
const tailDays = 400;
/** Longest time from a piece to what happens to the processes behind it. */
const longestMs = 700;
/** What happens behind a piece of the script: each of them makes other batches. */
const happenings = ['kill the scorer', 'stop the scorer', 'kill the scorer', 'kill the ingestor', 'nothing'] as const;

/**
 * One history twice, each time into a broker and a store of its own: without a stop into processes that are left alone, and in pieces
 * of any length, with other steps of the refresher, into processes that are killed and stopped. Every alert is the same: its key, its
 * instants, band, reasons, value, in the order of instant and customer.
 */
export async function alertReplay(
  work: string,
  { kills = 8, seed = 1 }: { readonly kills?: number; readonly seed?: number } = {},
): Promise<Measure[]> {
  const end = 200 + kills * daysPerKill;
  const script: SilenceScript = [...silences.repeated(seed, silences.ahead(seed, end)), { tick: silences.at(end + tailDays) }];
  const calm = await inScoringWorld(join(work, 'calm'), { TIDELINE_REFRESH_MS: '20' }, async (world) => {
    await world.scorer();
    const shop = await world.shop(shopName, rules);
    await shop.send(script);
    return outcomeOf(shop);
  });
  const restless = await inScoringWorld(join(work, 'restless'), { TIDELINE_REFRESH_MS: '300' }, async (world, first) => {
    const random = new Random(seed);
    let [scorer, ingestor] = [await world.scorer(), first];
    let [scorers, ingestors] = [0, 0];
    const shop = await world.shop(shopName, rules);
    for (let place = 0, turn = 0; place < script.length; turn += 1) {
      const length = random.whole(1, 40);
      const happening = happenings[turn % happenings.length];
      if (happening === 'stop the scorer') scorer.signal('SIGSTOP');
      await shop.send(script.slice(place, place + length));
      place += length;
      await sleep(random.next() * longestMs);
      scorer.signal('SIGCONT');
      if (happening === 'kill the scorer' && scorers < kills) {
        await scorer.end('SIGKILL');
        scorers += 1;
        scorer = await world.scorer();
      }
      if (happening === 'kill the ingestor') {
        await ingestor.end('SIGKILL');
        ingestors += 1;
        ingestor = await world.ingestor();
      }
    }
    return { ...(await outcomeOf(shop)), scorers, ingestors };
  });
  for (const what of ['stored', 'alerts'] as const) {
    const lines = differences(calm[what], restless[what]);
    if (lines.length > 0) process.stderr.write(`${what} that differ (- calm, + restless):\n${lines.join('\n')}\n`);
  }
  const count = (text: string): number => calm.alerts.filter((row) => row.includes(text)).length;
  return [
    atLeast('alerts that were opened', count('"what":"opened"'), 'alerts', 20),
    atLeast('alerts that the customer ended', count('"what":"recovered"'), 'alerts', 5),
    atLeast('alerts that time ended', count('"what":"expired"'), 'alerts', 5),
    atLeast('alerts that were not sent', count('"kind":"suppressed"'), 'alerts', 5),
    atLeast('scorers that were killed', restless.scorers, 'processes', 2),
    atLeast('ingestors that were killed', restless.ingestors, 'processes', 1),
    exactly('changed bands that differ', differences(calm.stored, restless.stored).length, 'decisions', 0),
    exactly('scores on the topic that differ in a byte', differences(bytesOf(calm.told), bytesOf(restless.told)).length, 'messages', 0),
    exactly('alerts that differ, in the order of instant and customer', misplaced(calm.alerts, restless.alerts), 'rows', 0),
    seen('batches of the first run', calm.batches, 'batches'),
    seen('batches of the second run', restless.batches, 'batches'),
  ];
}

/** Alerts that last a few days: many of them end by time in between, and by an order just before. */
async function rules(shop: ShopOnTopics): Promise<void> {
  await shop.rule('churn-high', { band: 'high', capPerDay: null, cooldownDays: 2, expireDays: 8 });
  await shop.rule('churn-medium', { band: 'medium', capPerDay: null, cooldownDays: 10, expireDays: 25 });
}

interface Outcome {
  readonly stored: readonly string[];
  readonly told: readonly Told[];
  readonly alerts: readonly string[];
  readonly batches: number;
}

async function outcomeOf(shop: ShopOnTopics): Promise<Outcome> {
  await shop.decided();
  const alerts = await shop.alerts();
  const outcome = { alerts, stored: await shop.stored(), told: await shop.told(), batches: await shop.batches() };
  await shop.close();
  return outcome;
}

/** Key and bytes of each that was told, once. */
function bytesOf(told: readonly Told[]): string[] {
  return [...new Set(told.map(({ key, value }) => `${key} ${value}`))];
}

/** Rows that are not the same at their place. */
function misplaced(left: readonly string[], right: readonly string[]): number {
  const longer = left.length > right.length ? left : right;
  return longer.filter((_, place) => left[place] !== right[place]).length;
}
