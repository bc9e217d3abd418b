import { blankOf, columnsOf, type Columns, type ColumnType } from '#clickhouse';
import type { TopicName } from '#contracts';

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

/** A ledger row ready to be written: the envelope and the topic's own values in column order. */
export interface LedgerRow {
  readonly envelope: LedgerEnvelope;
  /** In the order of `ownColumns`; undefined for a row that holds no usable event. */
  readonly values: readonly unknown[] | undefined;
}

/** What an order is counted by, besides its products and its customer: in the ledger, and on each of its facts. */
export const attributeColumns = {
  payment_method: 'String',
  channel: 'String',
  country: 'String',
  region: 'String',
  city: 'String',
  campaign_id: 'String',
} as const;

/** Table and typed columns of each topic that has a ledger, the columns in insert order. */
export const ledgerTables = {
  'customers.v1': {
    table: 'ledger_customers',
    columns: {
      customer_id: 'String',
      registered_at: 'Nullable(DateTime64(3))',
      name: 'String',
      email: 'String',
      country: 'String',
      region: 'String',
      city: 'String',
      acquisition_channel: 'String',
      consent: 'Nullable(Bool)',
    },
  },
  'products.v1': {
    table: 'ledger_products',
    columns: {
      product_id: 'String',
      sku: 'String',
      name: 'String',
      category: 'String',
      subcategory: 'String',
      brand: 'String',
      cost: 'Nullable(Decimal(18, 6))',
      price: 'Nullable(Decimal(18, 6))',
      is_count: 'UInt8',
      counted_at: 'DateTime64(3)',
      counted_units: 'Nullable(UInt32)',
    },
  },
  'campaigns.v1': {
    table: 'ledger_campaigns',
    columns: {
      campaign_id: 'String',
      is_day: 'UInt8',
      status: 'String',
      name: 'String',
      kind: 'String',
      channel: 'String',
      budget: 'Nullable(Decimal(18, 6))',
      starts_at: 'Nullable(DateTime64(3))',
      ends_at: 'Nullable(DateTime64(3))',
      target_segment: 'String',
      date: 'Date',
      spend: 'Decimal(18, 6)',
      impressions: 'UInt64',
      clicks: 'UInt64',
    },
  },
  'transactions.v1': {
    table: 'ledger_transactions',
    columns: {
      order_id: 'String',
      order_time: 'DateTime64(3)',
      cancelled: 'UInt8',
      customer_id: 'String',
      ...attributeColumns,
      order_discount: 'Decimal(18, 6)',
      shipping: 'Decimal(18, 6)',
      tax: 'Decimal(18, 6)',
      'lines.line': 'Array(UInt32)',
      'lines.product_id': 'Array(String)',
      'lines.quantity': 'Array(UInt32)',
      'lines.unit_price': 'Array(Decimal(18, 6))',
      'lines.discount': 'Array(Decimal(18, 6))',
      'lines.unit_cost': 'Array(Nullable(Decimal(18, 6)))',
    },
  },
  'returns.v1': {
    table: 'ledger_returns',
    columns: {
      return_id: 'String',
      order_id: 'String',
      customer_id: 'String',
      refunded: 'UInt8',
      refund_time: 'DateTime64(3)',
      'lines.line': 'Array(UInt32)',
      'lines.order_line': 'Array(UInt32)',
      'lines.product_id': 'Array(String)',
      'lines.quantity': 'Array(UInt32)',
      'lines.amount': 'Array(Decimal(18, 6))',
      'lines.reason': 'Array(String)',
    },
  },
  'clock.v1': { table: 'ledger_clock', columns: { now: 'DateTime64(3)', speed: 'Float64', offsets: 'Map(String, UInt64)' } },
} as const satisfies Partial<Record<TopicName, { table: string; columns: Readonly<Record<string, ColumnType>> }>>;

/** A topic whose messages become ledger rows. */
export type LedgerTopic = keyof typeof ledgerTables;

export const ledgerTopics = Object.keys(ledgerTables) as LedgerTopic[];

/** A topic's own columns. */
export type LedgerColumn<Topic extends LedgerTopic> = keyof (typeof ledgerTables)[Topic]['columns'] & string;

/** Names of a topic's own columns, in insert order. */
export function ownColumns<Topic extends LedgerTopic>(topic: Topic): LedgerColumn<Topic>[] {
  return Object.keys(ledgerTables[topic].columns) as LedgerColumn<Topic>[];
}

/** The envelope's columns, the same in every ledger table, in insert order. */
const envelopeColumns: Columns<LedgerRow> = {
  partition: { type: 'UInt16', of: ({ envelope }) => envelope.partition },
  epoch: { type: 'UInt32', of: ({ envelope }) => envelope.epoch },
  offset: { type: 'UInt64', of: ({ envelope }) => envelope.offset },
  topic: { type: 'String', of: ({ envelope }) => envelope.topic },
  missing: { type: 'UInt64', of: ({ envelope }) => envelope.missing },
  verdict: { type: 'String', of: ({ envelope }) => envelope.verdict },
  reason: { type: 'String', of: ({ envelope }) => envelope.reason },
  detail: { type: 'String', of: ({ envelope }) => envelope.detail },
  type: { type: 'String', of: ({ envelope }) => envelope.type },
  event_id: { type: 'String', of: ({ envelope }) => envelope.eventId },
  entity_id: { type: 'String', of: ({ envelope }) => envelope.entityId },
  revision: { type: 'UInt64', of: ({ envelope }) => envelope.revision },
  hash: { type: 'String', of: ({ envelope }) => envelope.hash },
  event_time: { type: 'DateTime64(3)', of: ({ envelope }) => envelope.eventTime },
  recorded_time: { type: 'DateTime64(3)', of: ({ envelope }) => envelope.recordedTime },
  produced_at: { type: 'DateTime64(3)', of: ({ envelope }) => envelope.producedAt },
  ingested_at: { type: 'DateTime64(3)', of: ({ envelope }) => envelope.ingestedAt },
  payload: { type: 'String', of: ({ envelope }) => envelope.payload },
};

/** Columns of a topic's ledger: the envelope first, then its own, which are empty in rows that hold no usable event. */
export const ledgerColumns = Object.fromEntries(
  ledgerTopics.map((topic) => [topic, { ...envelopeColumns, ...typedColumns(ledgerTables[topic].columns) }]),
) as Readonly<Record<LedgerTopic, Columns<LedgerRow>>>;

function typedColumns(types: Readonly<Record<string, ColumnType>>): Columns<LedgerRow> {
  const columns = Object.entries(columnsOf(types)).map(([name, { type, of }]) => {
    const blank = blankOf(type);
    return [name, { type, of: ({ values }: LedgerRow) => (values ? of(values) : blank) }] as const;
  });
  return Object.fromEntries(columns);
}
