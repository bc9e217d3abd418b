import { tabSeparated, type Cell } from '#clickhouse';
import type { TopicName } from '#contracts';

/** Columns of the envelope, the same in every ledger table, in insert order. */
const envelopeColumns = [
  'partition',
  'epoch',
  'offset',
  'topic',
  'missing',
  'verdict',
  'reason',
  'detail',
  'type',
  'event_id',
  'entity_id',
  'revision',
  'hash',
  'event_time',
  'recorded_time',
  'produced_at',
  'ingested_at',
  'payload',
] as const;

/** The envelope's part of a ledger row; instants as `2011-12-09 12:50:00.000` in UTC. */
export interface LedgerEnvelope {
  readonly partition: number;
  readonly epoch: number;
  readonly offset: bigint;
  readonly topic: LedgerTopic;
  /** Offsets that a gap row stands for, from `offset` on; 0 for a message. */
  readonly missing: number;
  readonly verdict: 'accepted' | 'rejected' | 'gap';
  readonly reason: string;
  readonly detail: string;
  readonly type: string;
  readonly eventId: string;
  readonly entityId: string;
  readonly revision: number;
  readonly hash: string;
  readonly eventTime: string;
  readonly recordedTime: string;
  readonly producedAt: string;
  readonly ingestedAt: string;
  readonly payload: string;
}

/** Table and typed columns of each topic that has a ledger, the columns in insert order. */
export const ledgerTables = {
  'customers.v1': {
    table: 'ledger_customers',
    columns: ['customer_id', 'registered_at', 'name', 'email', 'country', 'region', 'city', 'acquisition_channel', 'consent'],
  },
  'products.v1': {
    table: 'ledger_products',
    columns: ['product_id', 'sku', 'name', 'category', 'subcategory', 'brand', 'cost', 'price', 'is_count', 'counted_at', 'counted_units'],
  },
  'campaigns.v1': {
    table: 'ledger_campaigns',
    columns: [
      'campaign_id',
      'is_day',
      'status',
      'name',
      'kind',
      'channel',
      'budget',
      'starts_at',
      'ends_at',
      'target_segment',
      'date',
      'spend',
      'impressions',
      'clicks',
    ],
  },
  'transactions.v1': {
    table: 'ledger_transactions',
    columns: [
      'order_id',
      'order_time',
      'cancelled',
      'customer_id',
      'payment_method',
      'channel',
      'country',
      'region',
      'city',
      'campaign_id',
      'order_discount',
      'shipping',
      'tax',
      'lines.line',
      'lines.product_id',
      'lines.quantity',
      'lines.unit_price',
      'lines.discount',
      'lines.unit_cost',
    ],
  },
  'returns.v1': {
    table: 'ledger_returns',
    columns: [
      'return_id',
      'order_id',
      'customer_id',
      'refunded',
      'refund_time',
      'lines.line',
      'lines.order_line',
      'lines.product_id',
      'lines.quantity',
      'lines.amount',
      'lines.reason',
    ],
  },
  'clock.v1': { table: 'ledger_clock', columns: ['now', 'speed', 'offsets'] },
} as const satisfies Partial<Record<TopicName, { table: string; columns: readonly string[] }>>;

/** A topic whose messages become ledger rows. */
export type LedgerTopic = keyof typeof ledgerTables;

export const ledgerTopics = Object.keys(ledgerTables) as LedgerTopic[];

/** Insert columns of a topic's ledger: envelope first, then its own. */
export function columnsOf(topic: LedgerTopic): readonly string[] {
  return [...envelopeColumns, ...ledgerTables[topic].columns];
}

/** Arrays of texts; the elements of all others are numbers and amounts. */
const textArrays: ReadonlySet<string> = new Set(['lines.product_id', 'lines.reason']);
const textColumns: ReadonlyMap<LedgerTopic, readonly boolean[]> = new Map(
  ledgerTopics.map((topic) => [topic, columnsOf(topic).map((column) => textArrays.has(column))]),
);

/** A row as a line of TabSeparated, in the order of `columnsOf`. @param values of the topic's own columns */
export function ledgerLine(topic: LedgerTopic, row: LedgerEnvelope, values: readonly unknown[]): string {
  const cells = [
    row.partition,
    row.epoch,
    row.offset,
    row.topic,
    row.missing,
    row.verdict,
    row.reason,
    row.detail,
    row.type,
    row.eventId,
    row.entityId,
    row.revision,
    row.hash,
    row.eventTime,
    row.recordedTime,
    row.producedAt,
    row.ingestedAt,
    row.payload,
    ...(values as readonly Cell[]),
  ];
  return tabSeparated(cells, textColumns.get(topic) ?? []);
}
