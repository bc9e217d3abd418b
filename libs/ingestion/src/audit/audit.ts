import type { PartitionBounds } from '#streaming';
import type { AuditRepository, LedgerRepository, Position, Shop } from '#warehouse';
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

/** Compares the pipeline with itself, always on: what disagrees becomes an alarm that names the first differing key. */
export class Audit {
  #turn = 0;
  #last: AuditReport | undefined;

  constructor(
    private readonly shop: Shop,
    private readonly ledger: LedgerRepository,
    private readonly repository: AuditRepository,
    private readonly alarms: Alarms,
    private readonly positions: () => readonly Position[],
    private readonly bounds: () => Promise<readonly PartitionBounds[]>,
    /** Runs work while facts and derived tables stand at one place. */
    private readonly atRest: <T>(work: () => Promise<T>) => Promise<T>,
  ) {}

  get last(): AuditReport | undefined {
    return this.#last;
  }

  async run(): Promise<AuditReport> {
    // Bounds are read after the spans: the broker's end only grows, so an honest ledger can never be ahead of it.
    const spans = await this.ledger.spans(this.shop);
    const bounds = await this.bounds();
    const checks: AuditCheck[] = [checkOffsets(spans), checkBroker(spans, bounds)];
    const value = await this.atRest(async () => {
      const known = before(this.positions().filter((position) => position.topic === 'transactions.v1'));
      return {
        totals: await this.repository.totals(this.shop),
        sample: await this.repository.sample(this.shop, known, sampleShare, this.#turn),
      };
    });
    this.#turn = (this.#turn + 1) % sampleShare;
    const wrong = value.totals.find((figure) => figure.expected !== figure.actual);
    checks.push({
      check: 'totals',
      ok: !wrong,
      compared: true,
      detail: wrong
        ? `${wrong.name}: facts ${wrong.expected}, derived ${wrong.actual}`
        : `${value.totals.length} figures of facts and derived tables agree`,
    });
    const order = value.sample[0];
    checks.push({
      check: 'sample',
      ok: !order,
      compared: true,
      detail: order
        ? `order ${order.orderId}: ledger ${order.ledgerGross}, facts ${order.factGross}`
        : `one order in ${sampleShare} recomputed from the ledger agrees with its facts`,
    });
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
    this.#last = { at: new Date(), ok: checks.every((check) => check.ok), checks };
    return this.#last;
  }
}
