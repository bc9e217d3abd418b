import { ledgerTopics, type TableComparison, type Watermark } from '#warehouse';
import type { AuditCheck, AuditReport } from '../audit/audit.js';
import { checkBroker, checkOffsets, checkWatermark } from '../audit/ledger-checks.js';
import { checkLedger } from './ledger-check.js';
import { Recount } from './recount.js';
import type { RecountOf, Told } from './recount-of.js';

/**
 * Compares everything with everything: each message judged again with its ledger row, and all figures folded once more from the ledger
 * with those that stand. Nothing is left out and nothing is a sample; it takes as long as a shop's whole history does.
 * @returns one check for each table, in the order in which one is made from another: the first that fails is where it went wrong
 */
export async function fullAudit(of: RecountOf, told: Told): Promise<AuditReport> {
  const { shop, clickhouse, signal } = of;
  const recount = await Recount.open(clickhouse, shop);
  const { aside } = recount;
  try {
    const watermark = await of.atRest(async () => {
      // Where they cannot be made they are not compared, which is said.
      await of.refresher.bringViews().catch(() => undefined);
      await aside.freeze();
      return of.refresher.watermark;
    });
    // Bounds are read after the spans: the broker's end only grows, so an honest ledger can never be ahead of it.
    const spans = await of.ledger.spans(shop);
    const checks: AuditCheck[] = [checkOffsets(spans), checkBroker(spans, await of.bounds())];
    const positions = watermark?.positions ?? [];
    const rows = spans.reduce((sum, span) => sum + Number(span.distinct), 0);

    let judged = 0;
    for (const topic of ledgerTopics) {
      const before = judged;
      const onProgress = (done: number): void => told('judging every message again', (judged = before + done), rows);
      checks.push(checkOf(await checkLedger(clickhouse, aside, topic, spans, onProgress, signal)));
    }
    await recount.foldTo(
      positions,
      (table) => aside.frozen(table),
      (done) => told('folding the ledger', done, rows),
      signal,
    );
    checks.splice(2, 0, checkWatermark(spans, watermark, shop.clockMode === 'data' ? recount.clock : undefined));
    told('comparing the tables', rows, rows);
    for (const { name } of aside.tables) {
      signal.throwIfAborted();
      checks.push(await withCustomers(recount, await recount.compare(name)));
    }
    checks.push(...(await views(recount, watermark)));
    return { at: new Date(), ok: checks.every((check) => check.ok), checks };
  } finally {
    await aside.drop();
  }
}

/** Views are made anew beside the figures: they are compared where they are of the same generation. */
async function views(recount: Recount, watermark: Watermark | undefined): Promise<AuditCheck[]> {
  const { aside } = recount;
  const checks: AuditCheck[] = [];
  if (watermark?.clock) await recount.refreshViews(watermark);
  for (const { name } of aside.views) {
    const generation = await aside.generationOf(name);
    checks.push(
      watermark?.clock && generation === watermark.generation
        ? await withCustomers(recount, await recount.compare(name))
        : {
            check: name,
            ok: true,
            compared: false,
            detail: 'it is of an earlier generation: it could not be made anew, see the alarm views-failed',
          },
    );
  }
  return checks;
}

function checkOf({ table, rows, differences, more }: TableComparison): AuditCheck {
  const [first] = differences;
  if (!first) return { check: table, ok: true, compared: true, detail: `${rows} rows` };
  const { key, column, expected, actual } = first;
  const others = differences.length > 1 || more ? ` (${more ? 'at least ' : ''}${differences.length} keys of ${rows} rows differ)` : '';
  return {
    check: table,
    ok: false,
    compared: true,
    detail: `[${key}] ${column}: expected ${expected ?? 'nothing'}, is ${actual ?? 'nothing'}${others}`,
  };
}

/** Dense keys mean nothing outside: the customer is named. */
async function withCustomers(recount: Recount, comparison: TableComparison): Promise<AuditCheck> {
  const check = checkOf(comparison);
  const keys = [...check.detail.matchAll(/customer_key=(\d+)/g)].map((match) => Number(match[1]));
  const customers = keys.length === 0 ? undefined : await recount.aside.customersOf(keys);
  return {
    ...check,
    detail: check.detail.replace(/customer_key=(\d+)/g, (whole, key: string) => {
      const customer = customers?.get(Number(key));
      return customer === undefined ? whole : `customer ${customer}`;
    }),
  };
}
