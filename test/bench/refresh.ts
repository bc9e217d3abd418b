import { ident, openEmbedded, sql, type ClickHouse } from '#clickhouse';
import { topics } from '#contracts';
import { ledgerRows, Refresher } from '#ingestion';
import { atMost, exactly, percentile, type Measure } from '#testing';
import { LedgerRepository, ShopGate, ShopRepository, WatermarkRepository, type Shop } from '#warehouse';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { MeasureOptions } from '../run-measures.js';
import { loadOrder, outgoing, type LoadOrder, type LoadShape } from './load.js';
import { storeOrders } from './stored-orders.js';

const topic = 'transactions.v1';
const { partitions } = topics[topic];
const usualStored = 10_000_000;
const newOrders = 5_000;
const rounds = 9;
const days = 730;
/** Rows that a step takes while the stored orders are folded. */
const rowCap = 25_000;

/**
 * What 5,000 new orders cost with two years of orders stored, from the ledger until every figure holds them: ids that follow one another in
 * time, then ids that look random. Each round is a step and a settling. In the end every day against a sum over the ledger.
 */
export async function refresh(work: string, options: MeasureOptions): Promise<Measure[]> {
  const stored = options.events ?? usualStored;
  const clickhouse = await openEmbedded(join(work, 'clickhouse'));
  try {
    const shops = new ShopRepository(clickhouse);
    await shops.prepareSystem();
    const shop = await shops.register({ shop: 'refresh', timeZone: 'UTC', currency: 'EUR', fiscalYearStart: 1, clockMode: 'data' });
    await shops.prepare(shop);
    const customers = Math.ceil(stored / 20);
    const past: LoadShape = { name: 'o', perSecond: stored / days / 86_400, from: Date.UTC(2024, 0, 1), customers };
    await storeOrders(clickhouse, shop, past, stored, partitions);
    const ledger = new LedgerRepository(clickhouse);
    const gate = new ShopGate(new WatermarkRepository(clickhouse));
    const refresher = Refresher.over(clickhouse, shop, gate, { rowCap, now: () => new Date(), claimedBy: 'bench' }, ledger);
    await refresher.claim();
    const begun = performance.now();
    await refresher.catchUp();
    const rate = Math.round((stored / (performance.now() - begun)) * 1_000);
    await refresher.learnt();
    const come: LoadShape = { name: 'n', perSecond: 1_000, from: past.from + days * 86_400_000, customers };
    const arrivals = new Arrivals(shop, ledger, refresher, Math.ceil(stored / partitions));
    const inOrder = await arrivals.measure(come, 0, (order) => order);
    const random = await arrivals.measure(come, rounds * newOrders, (order) => ({ ...order, orderId: hashed(order.orderId) }));
    return [
      { measure: `${stored} stored orders, folded`, value: rate, unit: 'orders/s', bar: null, ok: true },
      ...[inOrder, random].flatMap(({ step, settling, both }, index) => {
        const ids = index === 0 ? 'ids in the order of time' : 'random ids';
        return [
          {
            measure: `${newOrders} new orders, ${ids}: facts and headline, median`,
            value: Math.round(step),
            unit: 'ms',
            bar: null,
            ok: true,
          },
          {
            measure: `${newOrders} new orders, ${ids}: everything else, median`,
            value: Math.round(settling),
            unit: 'ms',
            bar: null,
            ok: true,
          },
          atMost(`${newOrders} new orders with ${stored} stored, ${ids}: all figures, median`, both, 'ms', index === 0 ? 200 : 400),
        ];
      }),
      exactly('days whose figures differ from a sum over the ledger', await differingDays(clickhouse, shop), 'days', 0),
    ];
  } finally {
    await clickhouse.close();
  }
}

/** Medians in milliseconds. */
interface Cost {
  readonly step: number;
  readonly settling: number;
  readonly both: number;
}

/** Orders that come while the figures are live, as the writer of the same process hands them over. */
class Arrivals {
  constructor(
    private readonly shop: Shop,
    private readonly ledger: LedgerRepository,
    private readonly refresher: Refresher,
    /** Of every partition. */
    private next: number,
  ) {}

  async measure(shape: LoadShape, from: number, changed: (order: LoadOrder) => LoadOrder): Promise<Cost> {
    const [steps, settlings, both]: [number[], number[], number[]] = [[], [], []];
    // The first round is not counted: it is the first of its kind.
    for (let round = -1; round < rounds; round += 1) {
      const first = from + (round + 1) * newOrders;
      await this.write(Array.from({ length: newOrders }, (_, index) => changed(loadOrder(shape, first + index))));
      const begun = performance.now();
      await this.refresher.step();
      const stepped = performance.now();
      await this.refresher.settle();
      const settled = performance.now();
      if (round < 0) continue;
      steps.push(stepped - begun);
      settlings.push(settled - stepped);
      both.push(settled - begun);
    }
    return { step: percentile(steps, 0.5), settling: percentile(settlings, 0.5), both: percentile(both, 0.5) };
  }

  private async write(orders: readonly LoadOrder[]): Promise<void> {
    const now = new Date();
    const perPartition = Math.ceil(orders.length / partitions);
    for (let partition = 0; partition < partitions; partition += 1) {
      const messages = orders.slice(partition * perPartition, (partition + 1) * perPartition).map((order, index) => ({
        ...{ offset: BigInt(this.next + index), timestamp: now },
        value: Buffer.from(outgoing(order).value ?? ''),
      }));
      const rows = ledgerRows(this.shop, topic, partition, 1, BigInt(this.next), messages, now);
      await this.ledger.append(this.shop, topic, rows);
      const recorded = rows.at(-1)?.envelope.recordedTime ?? null;
      this.refresher.tell({ topic, partition, epoch: 1, next: BigInt(this.next + messages.length), rows: rows.length, recorded });
    }
    this.next += perPartition;
  }
}

/** Days of the headline that differ from the ledger: gross sales, orders, units and buyers. */
async function differingDays(clickhouse: ClickHouse, { database }: Shop): Promise<number> {
  const [row] = await clickhouse.query<{ n: string }>(sql`SELECT count() AS n FROM
(
  SELECT day, uniqExact(figures) AS answers, count() AS sides FROM
  (
    SELECT toDate(order_time) AS day, tuple(sum(toDecimal128(lines.unit_price[1], 6) * lines.quantity[1]), count(), sum(lines.quantity[1]), uniqExact(customer_id)) AS figures
    FROM ${ident(database, 'ledger_transactions')} GROUP BY day
    UNION ALL
    SELECT toDate(bucket), tuple(gross, orders, units, bitmapCardinality(buyers)) FROM ${ident(database, 'agg_headline')} FINAL WHERE grain = 'day'
  )
  GROUP BY day HAVING answers != 1 OR sides != 2
)`);
  return Number(row?.n);
}

function hashed(text: string): string {
  return createHash('md5').update(text).digest('hex');
}
