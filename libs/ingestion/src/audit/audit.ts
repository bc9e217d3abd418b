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

/** Stretches that differ and are remembered. */
const mostWrong = 20;

/** A stretch that differed, and in what. */
interface Wrong extends AuditSample {
  readonly totals: boolean;
  readonly sample: boolean;
}

/** Compares the pipeline with itself, always on: what disagrees becomes an alarm that names the first differing key. */
export class Audit {
  /** Where the next stretch begins, Unix seconds; the share of its orders that is recomputed. A start goes on with any. */
  #from = -Infinity;
  #turn = Math.floor(Math.random() * sampleShare);
  #runs = 0;
  /** What differed: it is compared every other time until it agrees, for that is when its alarm may go. */
  #wrong: readonly Wrong[] = [];
  #running: Promise<unknown> = Promise.resolve();
  #last: AuditReport | undefined;
  #tookMs = 0;

  constructor(
    private readonly shop: Shop,
    private readonly ledger: Pick<LedgerRepository, 'spans'>,
    private readonly repository: Pick<AuditRepository, 'stretches' | 'totals' | 'grossOfFacts' | 'grossOfLedger'>,
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

  /**
   * One run after the other.
   * @param whole all months at once, however many orders they hold; else the next ones
   */
  run(whole = false): Promise<AuditReport> {
    const run = this.#running.then(() => this.compare(whole));
    this.#running = run.catch(() => undefined);
    return run;
  }

  private async compare(whole: boolean): Promise<AuditReport> {
    const begun = performance.now();
    let waited = 0;
    // Bounds are read after the spans: the broker's end only grows, so an honest ledger can never be ahead of it.
    const spans = await this.ledger.spans(this.shop);
    const bounds = await this.bounds();
    const checks: AuditCheck[] = [checkOffsets(spans), checkBroker(spans, bounds)];
    const sample = whole ? this.everything() : await this.next();
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
    const ofTotals = checkTotals(totals, stretch);
    const ofSample = checkSample(await this.repository.grossOfLedger(this.shop, sample, known), facts, stretch);
    this.note(sample, !ofTotals.ok, !ofSample.ok);
    checks.push(ofTotals, ofSample);
    for (const { check, ok, detail } of checks) {
      if (!ok)
        this.alarms.raise(
          'audit',
          this.shop.shop,
          check,
          `Audit ${check}: ${detail}. Run: npm run -s cli -- audit --shop ${this.shop.shop}`,
        );
      // Another stretch may differ still.
      else if (!this.#wrong.some((each) => (check === 'totals' && each.totals) || (check === 'sample' && each.sample)))
        this.alarms.clear('audit', this.shop.shop, check);
    }
    this.#tookMs = performance.now() - begun - waited;
    this.#last = { at: new Date(), ok: checks.every((check) => check.ok), checks };
    return this.#last;
  }

  /** What differed takes turns with the newest months, where faults arise, and with one stretch after the other. */
  private async next(): Promise<AuditSample> {
    this.#runs += 1;
    const [wrong] = this.#wrong;
    if (wrong && this.#runs % 2 === 0) return wrong;
    const stretches = await this.repository.stretches(this.shop, this.ordersPerRun);
    const newest = stretches.at(-1) ?? everything;
    if (stretches.length > 1 && this.#runs % 4 === 1)
      return { stretch: newest, share: sampleShare, turn: (this.#turn + this.#runs) % sampleShare };
    let stretch = stretches.find(({ from }) => (from ?? -Infinity) >= this.#from);
    if (!stretch) {
      stretch = stretches[0] ?? everything;
      this.#turn = (this.#turn + 1) % sampleShare;
    }
    this.#from = stretch.to ?? Infinity;
    return { stretch, share: sampleShare, turn: this.#turn };
  }

  private everything(): AuditSample {
    return { stretch: everything, share: sampleShare, turn: this.#wrong[0]?.turn ?? this.#turn };
  }

  /** Remembers what differed, and forgets what agrees again. */
  private note({ stretch, share, turn }: AuditSample, totalsDiffer: boolean, sampleDiffers: boolean): void {
    const ofStretch = (each: Wrong): boolean => each.stretch.from === stretch.from && each.stretch.to === stretch.to;
    const others = this.#wrong.flatMap((each) => {
      if (stretch.parts > 1 && !ofStretch(each)) return [each];
      // Its totals were compared, and its orders where they are of this share. What differs still goes behind the others.
      const sample = each.sample && each.turn !== turn;
      return sample ? [{ ...each, totals: false, sample }] : [];
    });
    if (totalsDiffer || sampleDiffers) others.push({ stretch, share, turn, totals: totalsDiffer, sample: sampleDiffers });
    this.#wrong = others.slice(-mostWrong);
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
      ? `${wrong.name}${wrong.of === 'facts' ? stretchWords(stretch) : ''}: ${wrong.of} ${wrong.expected}, derived ${wrong.actual}`
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
