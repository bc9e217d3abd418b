import { Zone } from '#clock';
import type { BacktestAnswer, BacktestBody } from '#contracts';
import {
  horizonDays,
  type AlertBacktestReads,
  type AlertCustomerReads,
  type ReadGate,
  type Shop,
  type WatermarkRepository,
} from '#warehouse';
import { AlertsError } from '../alerts.errors.js';
import type { RulesService } from '../rules/rules.service.js';
import { CustomerMemory } from './customer-memory.js';
import { foldPast, type PastDecisions } from './fold-past.js';
import { notesOf } from './notes.js';
import { baseInstants, outcomeOf, weekMs } from './outcome.js';
import type { OpenedPast, PastScores } from './past-scores.js';
import { ScoreLine } from './score-line.js';
import { ScoreMemory, type RememberedScores } from './score-memory.js';
import { alertsByDay, bySuppression, sharedCustomers } from './summary.js';
import { triedRules } from './tried-rules.js';

export interface BacktestParts {
  readonly past: PastScores;
  readonly rules: Pick<RulesService, 'standing'>;
  readonly customers: Pick<AlertCustomerReads, 'versions' | 'segments'>;
  readonly reads: Pick<AlertBacktestReads, 'churnBase' | 'ordersSince' | 'firstOrder' | 'isToldSince'>;
  readonly gate: Pick<ReadGate, 'read'>;
  readonly watermarks: Pick<WatermarkRepository, 'read'>;
}

/** Where the clock is the machine's an event may be on its way still: a stretch ends so long before it. */
const graceMs = 60_000;

/** Days before an instant in which an order makes a customer one that can still be won. */
const activeDays = 180;

/** What a rule would have done over the last weeks of a shop's history. One at a time per shop. */
export class BacktestService {
  readonly #running = new Map<string, Date>();
  readonly #memory = new ScoreMemory();

  constructor(private readonly parts: BacktestParts) {}

  /**
   * @param signal ends it: who asked has gone
   * @throws {AlertsError} `rule-changed` as a PUT does; `backtest-runs`, `backtest-no-model`, `backtest-no-history`, `backtest-abandoned`
   */
  async run(shop: Shop, body: BacktestBody, signal: AbortSignal): Promise<BacktestAnswer> {
    const since = this.#running.get(shop.shop);
    if (since) {
      const seconds = Math.max(1, Math.round((Date.now() - since.getTime()) / 1_000));
      const words = `A backtest of ${shop.shop} has been running for ${seconds} s; it takes less than a minute as a rule. Ask again when it is through.`;
      throw new AlertsError('backtest-runs', words);
    }
    this.#running.set(shop.shop, new Date());
    try {
      return await this.compute(shop, body, signal);
    } catch (error) {
      if (signal.aborted) throw new AlertsError('backtest-abandoned', `The backtest of ${shop.shop} was given up: who asked has gone.`);
      throw error;
    } finally {
      this.#running.delete(shop.shop);
    }
  }

  private async compute(shop: Shop, body: BacktestBody, signal: AbortSignal): Promise<BacktestAnswer> {
    const { past, rules } = this.parts;
    const zone = new Zone(shop.timeZone);
    const customers = new CustomerMemory(this.parts.customers, signal);
    const tried = triedRules(await rules.standing(shop, body.rule, body.revision), body);
    const opened = await past.open(shop);
    if (!opened) {
      const words = `${shop.shop} has no active churn model, so nobody would have been scored. Train one (npm run train) and promote it, then try the rule.`;
      throw new AlertsError('backtest-no-model', words);
    }
    try {
      const stretch = await this.scores(shop, opened, body.weeks, signal);
      const fold = (stored: (typeof tried)['saved'], rule: string): Promise<PastDecisions> =>
        foldPast(shop, stretch.scores, stored, rule, { zone, customers, signal });
      const saved = await fold(tried.saved, body.rule);
      const alone = tried.current.length === 0 ? saved : await fold(tried.alone, body.rule);
      const overlap: BacktestAnswer['overlap'] = [];
      for (const { rule, alone: stored } of tried.current) {
        const key = JSON.stringify(stored);
        const sent = stretch.sentBy.get(key) ?? (await fold(stored, rule.id)).sent;
        stretch.sentBy.set(key, sent);
        const [shared, all] = [sharedCustomers(alone.sent, sent), new Set(alone.sent.map(({ customerId }) => customerId)).size];
        const of = { rule: rule.id, revision: rule.revision, name: rule.name, sent: sent.length };
        overlap.push({ ...of, shared, share: all === 0 ? null : shared / all });
      }
      return await this.answer(shop, body, opened, stretch, saved, overlap);
    } finally {
      await opened.close();
    }
  }

  /** Scores of the stretch, those of the last try where they are the same. */
  private async scores(shop: Shop, opened: OpenedPast, weeks: number, signal: AbortSignal): Promise<RememberedScores> {
    const { version: model } = opened;
    const known = this.#memory.find({ shop: shop.database, model, weeks });
    if (known && !(await this.parts.reads.isToldSince(shop, known.positions, new Date(known.to)))) return known;
    // Outcomes are facts of the settled level: what they know of is where the stretch ends, not where the live clock is by now.
    const { value: settled } = await this.parts.gate.read(shop, () => this.parts.watermarks.read(shop, 'settled'));
    const to = settled?.clock ? settled.clock.getTime() - (shop.clockMode === 'wall' ? graceMs : 0) : undefined;
    const first = to === undefined ? undefined : await this.parts.reads.firstOrder(shop);
    if (!settled || to === undefined || first === undefined || first >= to) {
      const words = `${shop.shop} has no orders of customers yet: there is nothing that a rule could be tried on. Import its history, then try again.`;
      throw new AlertsError('backtest-no-history', words);
    }
    // Where the shop is younger, nobody is there when the stretch begins: nobody was in the band before.
    const from = Math.max(to - weeks * weekMs, first - 1);
    const line = new ScoreLine();
    for await (const some of opened.scores({ from, to }, signal)) line.add(some);
    const { positions } = settled;
    const found = { shop: shop.database, model, weeks, from, to, positions, scores: await line.inOrder(), sentBy: new Map() };
    this.#memory.keep(found);
    return found;
  }

  private async answer(
    shop: Shop,
    body: BacktestBody,
    { version, trainedOn, trainedUntil }: OpenedPast,
    { from, to, scores }: RememberedScores,
    decisions: PastDecisions,
    overlap: BacktestAnswer['overlap'],
  ): Promise<BacktestAnswer> {
    const { reads, gate } = this.parts;
    const { sent } = decisions;
    const alerted = [...new Set(sent.map(({ customerId }) => customerId))];
    // Each in a hold of its own: a settling waits for readers.
    const { value: base } = await gate.read(shop, () =>
      reads.churnBase(shop, { instants: baseInstants(from, to), horizonDays, activeDays }),
    );
    const { value: orders, stamp } = await gate.read(shop, () => reads.ordersSince(shop, alerted, from));
    const outcome = (some: typeof sent) => outcomeOf(some, { from, to, base, orders });
    const trained = Date.parse(trainedUntil);
    const [seen, unseen] = [sent.filter(({ at }) => at < trained), sent.filter(({ at }) => at >= trained)];
    const { clock, ...rest } = stamp;
    const answer = {
      ...{ shop: shop.shop, rule: body.rule, from: new Date(from).toISOString(), to: new Date(to).toISOString() },
      ...{ weeks: Math.round(((to - from) / weekMs) * 10) / 10, asked: body.weeks, bandChanges: scores.length },
      model: { version, trainedOn, trainedUntil },
      ...bySuppression(decisions),
      alerts: alertsByDay(decisions, from, to, shop.timeZone),
      horizonDays,
      outcome: { all: outcome(sent), seen: outcome(seen), unseen: outcome(unseen) },
      overlap,
    };
    return { ...answer, notes: notesOf(body, answer), asOf: clock, ...rest, watermark: { ...rest.watermark } };
  }
}
