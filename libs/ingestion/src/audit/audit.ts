import type { PartitionBounds } from '#streaming';
import type { AuditFigure, AuditRepository, AuditSample, AuditStretch, LedgerRepository, Position, Shop } from '#warehouse';
import { before } from '#warehouse';
import type { Alarms } from '#alarms';
import { checkBroker, checkOffsets } from './ledger-checks.js';

/** One check of the audit and how it went. */
export interface AuditCheck {
  /** `offsets`, `broker`, `watermark`, `totals`, `sample`, or a table. */
  readonly check: string;
  readonly ok: boolean;
  /** False where there was nothing to compare with: then `ok` says nothing. */
  readonly compared: boolean;
  /** What was compared, and the first difference where there is one. */
  readonly detail: string;
}

export interface AuditReport {
  readonly at: Date;
  readonly ok: boolean;
  readonly checks: readonly AuditCheck[];
}

/** One order in so many is recomputed per run; the runs go round all of them. */
const sampleShare = 50;
/** Orders that one run compares, about: nothing moves meanwhile. The runs go round all months of a larger shop. */
const mostOrders = 100_000;

/** Compares the pipeline with itself, always on: what disagrees becomes an alarm that names the first differing key. */
export class Audit {
  #runs = 0;
  /** What differed: it is compared again until it agrees, for that is when its alarm may go. */
  #again: AuditSample | undefined;
  #last: AuditReport | undefined;
  #tookMs = 0;

  constructor(
    private readonly shop: Shop,
    private readonly ledger: LedgerRepository,
    private readonly repository: AuditRepository,
    private readonly alarms: Alarms,
    private readonly positions: () => readonly Position[],
    private readonly bounds: () => Promise<readonly PartitionBounds[]>,
    /** Runs work while facts and derived tables stand at one place. */
    private readonly atRest: <T>(work: () => Promise<T>) => Promise<T>,
    private readonly ordersPerRun = mostOrders,
  ) {}

  get last(): AuditReport | undefined {
    return this.#last;
  }

  /** How long the last run worked, without its wait for a moment of rest. */
  get tookMs(): number {
    return this.#tookMs;
  }

  /** @param whole all months at once, however many orders they hold; else the next ones */
  async run(whole = false): Promise<AuditReport> {
    const begun = performance.now();
    let waited = 0;
    // Bounds are read after the spans: the broker's end only grows, so an honest ledger can never be ahead of it.
    const spans = await this.ledger.spans(this.shop);
    const bounds = await this.bounds();
    const checks: AuditCheck[] = [checkOffsets(spans), checkBroker(spans, bounds)];
    const sample = (whole ? undefined : this.#again) ?? (await this.next(whole));
    const { stretch } = sample;
    const asked = performance.now();
    const { known, totals, facts } = await this.atRest(async () => {
      waited = performance.now() - asked;
      return {
        known: before(this.positions().filter((position) => position.topic === 'transactions.v1')),
        totals: await this.repository.totals(this.shop, stretch),
        facts: await this.repository.grossOfFacts(this.shop, sample),
      };
    });
    const compared = [
      checkTotals(totals, stretch),
      checkSample(await this.repository.grossOfLedger(this.shop, sample, known), facts, stretch),
    ];
    this.#again = compared.every(({ ok }) => ok) ? undefined : sample;
    checks.push(...compared);
    for (const { check, ok, detail } of checks) {
      if (ok) this.alarms.clear('audit', this.shop.shop, check);
      else
        this.alarms.raise(
          'audit',
          this.shop.shop,
          check,
          `Audit ${check}: ${detail}. Run: npm run -s cli -- audit --shop ${this.shop.shop}`,
        );
    }
    this.#tookMs = performance.now() - begun - waited;
    this.#last = { at: new Date(), ok: checks.every((check) => check.ok), checks };
    return this.#last;
  }

  /** Stretch after stretch, and of each round another share of the orders. */
  private async next(whole: boolean): Promise<AuditSample> {
    const stretches = whole ? [everything] : await this.repository.stretches(this.shop, this.ordersPerRun);
    const stretch = stretches[this.#runs % stretches.length] ?? everything;
    const turn = Math.floor(this.#runs / stretches.length) % sampleShare;
    this.#runs += 1;
    return { stretch, share: sampleShare, turn };
  }
}

const everything: AuditStretch = { from: null, to: null, part: 0, parts: 1 };

/** Facts against what is derived from them. */
function checkTotals(figures: readonly AuditFigure[], stretch: AuditStretch): AuditCheck {
  const wrong = figures.find(({ expected, actual }) => expected !== actual);
  return {
    check: 'totals',
    ok: !wrong,
    compared: true,
    detail: wrong
      ? `${wrong.name}${stretchWords(stretch)}: facts ${wrong.expected}, derived ${wrong.actual}`
      : `${figures.length} figures of facts and derived tables agree${stretchWords(stretch)}`,
  };
}

/** @param ledger gross by order, of those that count */
function checkSample(ledger: ReadonlyMap<string, string>, facts: ReadonlyMap<string, string>, stretch: AuditStretch): AuditCheck {
  const order = [...new Set([...ledger.keys(), ...facts.keys()])].sort().find((each) => ledger.get(each) !== facts.get(each));
  return {
    check: 'sample',
    ok: order === undefined,
    compared: true,
    detail:
      order === undefined
        ? `one order in ${sampleShare}${stretchWords(stretch)}, recomputed from the ledger, agrees with its facts`
        : `order ${order}: ledger ${ledger.get(order) ?? 'none'}, facts ${facts.get(order) ?? 'none'}`,
  };
}

function stretchWords({ from, to, parts }: AuditStretch): string {
  const day = (at: number): string => new Date(at * 1_000).toISOString().slice(0, 16).replace('T', ' ');
  if (parts === 1) return '';
  return ` (${[from === null ? '' : `from ${day(from)}`, to === null ? '' : `until ${day(to)}`].filter(Boolean).join(' ')} UTC)`;
}
