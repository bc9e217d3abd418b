import { openEmbedded } from '#clickhouse';
import { topics } from '#contracts';
import { ledgerRows } from '#ingestion';
import { atMost, exactly, percentile, seen, type Measure } from '#testing';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { MeasureOptions } from '../run-measures.js';
import { loadOrder, outgoing, type LoadOrder, type LoadShape } from './load.js';
import { differingFigures, storedDays, storedShop, type StoredShop } from './stored-orders.js';

const topic = 'transactions.v1';
const { partitions } = topics[topic];
const usualStored = 10_000_000;
const newOrders = 5_000;
const rounds = 9;

/**
 * What 5,000 new orders cost with two years of orders stored, from the ledger until every figure holds them: ids that follow one another in
 * time, then ids that look random. Each round is a step and a settling. In the end every day and every customer against a sum over the ledger.
 */
export async function refresh(work: string, { events: stored = usualStored, customers }: MeasureOptions): Promise<Measure[]> {
  const { rate, inOrder, random, differing } = await refreshCost(join(work, 'clickhouse'), stored, customers);
  return [
    seen(`${stored} stored orders, folded`, rate, 'orders/s'),
    ...[inOrder, random].flatMap(({ step, settling, both }, index) => {
      const ids = index === 0 ? 'ids in the order of time' : 'random ids';
      return [
        seen(`${newOrders} new orders, ${ids}: facts and headline, median`, step, 'ms'),
        seen(`${newOrders} new orders, ${ids}: everything else, median`, settling, 'ms'),
        atMost(`${newOrders} new orders with ${stored} stored, ${ids}: all figures, median`, both, 'ms', index === 0 ? 200 : 400),
      ];
    }),
    exactly('figures that differ from a sum over the ledger', differing, 'figures', 0),
  ];
}

/** What new orders cost in a shop that holds many. */
export interface RefreshCost {
  /** Stored orders folded in a second. */
  readonly rate: number;
  readonly inOrder: Cost;
  readonly random: Cost;
  /** Figures that differ from a sum over the ledger. */
  readonly differing: number;
}

/** @param directory of a store of its own @param customers over whom the stored orders are spread */
export async function refreshCost(directory: string, stored: number, customers?: number): Promise<RefreshCost> {
  const clickhouse = await openEmbedded(directory);
  try {
    const shop = await storedShop(clickhouse, { shop: 'refresh', clockMode: 'data' }, stored, customers);
    const come: LoadShape = { ...shop.shape, name: 'n', perSecond: 1_000, from: shop.shape.from + storedDays * 86_400_000 };
    const arrivals = new Arrivals(shop);
    const inOrder = await arrivals.measure(come, 0, (order) => order);
    const random = await arrivals.measure(come, rounds * newOrders, (order) => ({ ...order, orderId: hashed(order.orderId) }));
    return { rate: shop.rate, inOrder, random, differing: await differingFigures(clickhouse, shop.shop.database) };
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
  private next: number;

  constructor(private readonly stored: StoredShop) {
    this.next = stored.next;
  }

  async measure(shape: LoadShape, from: number, changed: (order: LoadOrder) => LoadOrder): Promise<Cost> {
    const [steps, settlings, both]: [number[], number[], number[]] = [[], [], []];
    // The first round is not counted: it is the first of its kind.
    for (let round = -1; round < rounds; round += 1) {
      const first = from + (round + 1) * newOrders;
      await this.write(Array.from({ length: newOrders }, (_, index) => changed(loadOrder(shape, first + index))));
      const begun = performance.now();
      await this.stored.refresher.step();
      const stepped = performance.now();
      await this.stored.refresher.settle();
      const settled = performance.now();
      if (round < 0) continue;
      steps.push(stepped - begun);
      settlings.push(settled - stepped);
      both.push(settled - begun);
    }
    return { step: percentile(steps, 0.5), settling: percentile(settlings, 0.5), both: percentile(both, 0.5) };
  }

  private async write(orders: readonly LoadOrder[]): Promise<void> {
    const { shop, ledger, refresher } = this.stored;
    const now = new Date();
    const perPartition = Math.ceil(orders.length / partitions);
    for (let partition = 0; partition < partitions; partition += 1) {
      const messages = orders.slice(partition * perPartition, (partition + 1) * perPartition).map((order, index) => ({
        ...{ offset: BigInt(this.next + index), timestamp: now },
        value: Buffer.from(outgoing(order).value ?? ''),
      }));
      const rows = ledgerRows(shop, topic, partition, 1, BigInt(this.next), messages, now);
      await ledger.append(shop, topic, rows);
      const recorded = rows.at(-1)?.envelope.recordedTime ?? null;
      refresher.tell({ topic, partition, epoch: 1, next: BigInt(this.next + messages.length), rows: rows.length, recorded });
    }
    this.next += perPartition;
  }
}

function hashed(text: string): string {
  return createHash('md5').update(text).digest('hex');
}
