import { BacktestService, RuleBook, type BacktestParts } from '#alerts';
import { onLane, openEmbedded } from '#clickhouse';
import { backtestBody, type BacktestAnswer, type ScoresSummaryAnswer } from '#contracts';
import { PastScores } from '#scoring';
import { atMost, exactly, Instance } from '#testing';
import {
  AlertBacktestReads,
  AlertCustomerReads,
  ModelRepository,
  PastMomentReads,
  ShopGate,
  ShopRepository,
  WatermarkRepository,
} from '#warehouse';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Measured } from '../run-measures.js';
import { demo, until } from '../browser/demo.js';
import { longestGap } from './features.js';

const weeks = 26;
const rounds = 3;
const body = backtestBody.parse({ rule: 'tried', name: 'Tried', band: 'high', minNetValue: '100', revision: 0, weeks });

/**
 * A rule over the last half of the two years of profile `seed`: asked of the running program, then in this process, where the longest gap
 * of the event loop can be seen.
 */
export async function backtest(work: string): Promise<Measured> {
  const data = join(work, 'data');
  const instance = await Instance.start(data, { TIDELINE_SIMULATOR: 'on', TIDELINE_SIMULATOR_UNTIL: '2026-01-01' });
  const tried: [number, BacktestAnswer][] = [];
  try {
    const path = `/api/v1/shops/${demo}`;
    await until('everybody has a score', async () => (await instance.get<ScoresSummaryAnswer>(`${path}/scores/summary`)).complete, 240_000);
    await sleep(2_000);
    const post = async (change: object = {}): Promise<[number, BacktestAnswer]> => {
      const begun = performance.now();
      const got = await instance.call<BacktestAnswer>('POST', `${path}/alert-rules/backtest`, { ...body, ...change });
      return [performance.now() - begun, got];
    };
    tried.push(await post(), await post({ minNetValue: '500' }));
  } finally {
    await instance.stop();
  }
  const [[asked, answer], [again]] = tried as [[number, BacktestAnswer], [number, BacktestAnswer]];
  const gaps: number[] = [];
  const times: number[] = [];
  const clickhouse = await openEmbedded(join(data, 'clickhouse'));
  try {
    const shop = (await new ShopRepository(clickhouse).list()).find((each) => each.shop === demo);
    if (!shop) throw new Error(`There is no shop ${demo}.`);
    const background = onLane(clickhouse, 'background');
    const gate = new ShopGate(new WatermarkRepository(clickhouse));
    const parts: BacktestParts = {
      past: new PastScores({ models: new ModelRepository(clickhouse), moments: new PastMomentReads(background) }),
      rules: { standing: () => Promise.resolve(new RuleBook([])) },
      customers: new AlertCustomerReads(background),
      reads: new AlertBacktestReads(background),
      gate,
      watermarks: new WatermarkRepository(clickhouse),
    };
    for (let round = 0; round < rounds; round += 1) {
      // A service of its own: nothing is remembered.
      const service = new BacktestService(parts);
      const begun = performance.now();
      const [gap] = await longestGap(() => service.run(shop, body, new AbortController().signal));
      times.push(performance.now() - begun);
      gaps.push(gap);
    }
  } finally {
    await clickhouse.close();
  }
  return {
    measures: [
      atMost(`a rule over ${weeks} weeks of profile seed, asked of the running program`, asked / 1_000, 's', 20),
      atMost('the same with another threshold', again / 1_000, 's', 10),
      atMost(`the same in this process, slowest of ${rounds}`, Math.max(...times) / 1_000, 's', 20),
      atMost('longest gap of the event loop meanwhile', Math.max(...gaps), 'ms', 20),
      exactly('weeks that were tried', answer.weeks, 'weeks', weeks),
    ],
    details: {
      times: times.map(Math.round),
      gaps: gaps.map(Math.round),
      bandChanges: answer.bandChanges,
      alerts: answer.alerts.sent,
      precision: answer.outcome.all.precision,
      base: answer.outcome.all.base,
    },
  };
}
