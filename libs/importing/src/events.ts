import type { TopicName } from '#contracts';
import { createHash } from 'node:crypto';
import { decimalText } from './decimal.js';
import type { Collected, Document } from './documents.js';
import type { Mapping } from './mapping.js';
import type { TableEntry } from './tables.js';

/** An event ready to be sent. */
export interface OutgoingEvent {
  readonly topic: TopicName;
  readonly key: string;
  readonly value: string;
}

/**
 * Events of everything that was read, in the order of their time; what a fact names comes before it.
 * The same files and mapping give the same bytes: ids are made of the entity and the mapping's revision.
 */
export function* buildEvents(collected: Collected, mapping: Mapping, shop: string): Generator<OutgoingEvent> {
  const source = `/tideline/import/${mapping.name}`;
  const envelope = (type: string, kind: string, subject: string, at: number, data: object): string =>
    JSON.stringify({
      specversion: '1.0',
      id: eventId(shop, kind, subject, mapping.revision),
      source,
      type,
      subject,
      time: new Date(at).toISOString(),
      recordedtime: new Date(at).toISOString(),
      data,
    });

  const { customers, products, stockCounts, campaigns, returns } = collected.tables;
  const fromTable = (topic: TopicName, kind: string, entries: ReadonlyMap<string, TableEntry>): OutgoingEvent[] =>
    sorted(entries).map(([subject, { type, key, at, data }]) => ({ topic, key, value: envelope(type, kind, subject, at, data) }));
  yield* fromTable('products.v1', 'product', products);
  yield* fromTable('customers.v1', 'customer', customers);
  yield* fromTable('campaigns.v1', 'campaign', known(campaigns, newestFact(collected)));

  for (const [productId, facts] of sorted(collected.products)) {
    // A table says all of it; what the orders say is less, and of one revision.
    if (products.has(productId)) continue;
    const data = {
      productId,
      revision: mapping.revision,
      ...present({ name: facts.name.text, category: facts.category.text, subcategory: facts.subcategory.text, brand: facts.brand.text }),
      currency: mapping.currency,
    };
    yield {
      topic: 'products.v1',
      key: productId,
      value: envelope('tideline.product.listed.v1', 'product', productId, facts.firstAt, data),
    };
  }
  for (const [customerId, facts] of sorted(collected.customers)) {
    if (customers.has(customerId)) continue;
    const data = { customerId, revision: mapping.revision, ...present({ country: facts.country.text }) };
    yield {
      topic: 'customers.v1',
      key: customerId,
      value: envelope('tideline.customer.registered.v1', 'customer', customerId, facts.firstAt, data),
    };
  }
  const documents = [...collected.documents.values()].sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  for (const document of documents) {
    const key = document.customer === '' ? document.id : document.customer;
    if (document.kind === 'sale') {
      yield {
        topic: 'transactions.v1',
        key,
        value: envelope('tideline.transaction.placed.v1', 'order', document.id, document.at, orderData(document, mapping)),
      };
    } else {
      yield {
        topic: 'returns.v1',
        key,
        value: envelope('tideline.return.refunded.v1', 'return', document.id, document.at, returnData(document, mapping)),
      };
    }
  }
  yield* fromTable('returns.v1', 'return', returns);
  yield* fromTable('products.v1', 'stock-count', stockCounts);
}

/** When the newest order or return happened, Unix milliseconds; undefined where there is none. */
function newestFact({ documents, tables }: Collected): number | undefined {
  let newest: number | undefined;
  for (const facts of [documents, tables.returns]) for (const { at } of facts.values()) newest = Math.max(newest ?? at, at);
  return newest;
}

/**
 * Entries as a shop whose newest fact this is can know them. A campaign may be planned: dated at its start it would move the clock of a
 * shop that goes by its data into the future, and no clock goes back. Without any fact a day is known with its campaign: its own end may
 * lie beyond all that the shop has.
 */
function known(entries: ReadonlyMap<string, TableEntry>, newest: number | undefined): Map<string, TableEntry> {
  const earliest = (entry: TableEntry): number => Math.min(entry.at, newest ?? entries.get(entry.key)?.at ?? entry.at);
  return new Map([...entries].map(([subject, entry]) => [subject, { ...entry, at: earliest(entry) }]));
}

function orderData(document: Document, { revision, currency }: Mapping): object {
  return {
    orderId: document.id,
    revision,
    status: 'placed',
    orderedAt: new Date(document.at).toISOString(),
    customerId: document.customer === '' ? null : document.customer,
    currency,
    ...present({
      paymentMethod: document.paymentMethod,
      channel: document.channel,
      country: document.country,
      region: document.region,
      city: document.city,
      campaignId: document.campaign,
      discount: amount(document.orderDiscount),
      shipping: amount(document.shipping),
      tax: amount(document.tax),
    }),
    lines: document.lines.map((line, index) => ({
      line: index + 1,
      productId: line.product === '' ? null : line.product,
      quantity: line.quantity,
      unitPrice: decimalText(line.price),
      ...present({ discount: amount(line.discount), unitCost: line.unitCost === undefined ? '' : decimalText(line.unitCost) }),
    })),
  };
}

function returnData(document: Document, { revision, currency }: Mapping): object {
  return {
    returnId: document.id,
    revision,
    status: 'refunded',
    refundedAt: new Date(document.at).toISOString(),
    orderId: document.order === '' ? null : document.order,
    customerId: document.customer === '' ? null : document.customer,
    currency,
    lines: document.lines.map((line, index) => ({
      line: index + 1,
      productId: line.product === '' ? null : line.product,
      quantity: line.quantity,
      // What was paid for the units, and so what is paid back.
      amount: decimalText(line.price * BigInt(line.quantity) - line.discount),
      ...present({ reason: line.reason }),
    })),
  };
}

/** An id that fits the contract whatever the length of its parts. */
function eventId(shop: string, kind: string, entity: string, revision: number): string {
  const plain = `${shop}/${kind}/${revision}/${entity}`;
  // Cutting would give two entities one id; a hash keeps them apart.
  return plain.length <= 200 ? plain : `${shop}/${kind}/${revision}/sha256:${createHash('sha256').update(entity).digest('hex')}`;
}

function amount(micros: bigint): string {
  return micros === 0n ? '' : decimalText(micros);
}

/** Leaves out what is empty. */
function present(fields: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ''));
}

function sorted<T>(map: ReadonlyMap<string, T>): [string, T][] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}
