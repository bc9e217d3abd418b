import { topics } from '#contracts';
import { describe, expect, it } from 'vitest';
import { DocumentCollector } from './documents.js';
import { buildEvents, type OutgoingEvent } from './events.js';
import { parseMapping } from './mapping.js';

const header = ['id', 'at', 'who', 'sku', 'name', 'quantity', 'price', 'land', 'kind', 'of'];
const rows = [
  ['2', '2011-01-02 10:00', 'c2', 'p2', 'Pen, £5', '1', '0.001', 'Malta', '', ''],
  ['1', '2011-07-01 09:00', 'c1', 'p1', 'Cup', '3', '2.50', 'UK', '', ''],
  ['1', '2011-07-01 09:00', 'c1', 'p1', 'Cup', '3', '2.50', 'UK', '', ''],
  ['3', '2011-01-01 10:00', '', '', '', '1', '7', '', '', ''],
  ['R1', '2011-01-03 10:00', 'c2', 'p2', '', '-2', '0.001', 'Malta', 'R', '2'],
  ['R2', '2011-01-04 10:00', '', 'p2', '', '-1', '0', '', 'R', ''],
];

function events(given: readonly string[][] = rows, more = ''): OutgoingEvent[] {
  const mapping = parseMapping(
    `name: t\ncurrency: GBP\ntimeZone: Europe/London\ntime: { formats: [YYYY-MM-DD HH:mm] }
columns: { document: id, time: at, customer: who, product: sku, productName: name, quantity: quantity, price: price, country: land, order: of, reason: kind, paymentMethod: { constant: card }, shipping: { constant: '1.50' } }
rows: [{ class: return, when: { kind: { equals: R } } }, { class: sale }]\n${more}`,
    'test.yaml',
  );
  const collector = new DocumentCollector(mapping, ({ reason }) => {
    throw new Error(reason);
  });
  collector.useHeader(header, 'test.csv');
  given.forEach((row, index) => collector.add(row, index + 2));
  return [...buildEvents(collector, mapping, 'shop')];
}

const parsed = (list: readonly OutgoingEvent[], topic: string) =>
  list
    .filter((event) => event.topic === topic)
    .map(
      ({ value }) =>
        JSON.parse(value) as { id: string; subject: string; time: string; recordedtime: string; data: Record<string, unknown> },
    );

describe('events of a file', () => {
  it('fit their contracts, every one', () => {
    for (const { topic, value } of events()) {
      const faults = topics[topic].events.map((contract) => contract.safeParse(JSON.parse(value)));
      expect(
        faults.some(({ success }) => success),
        value,
      ).toBe(true);
    }
  });

  it('are the same bytes each time', () => {
    expect(events()).toEqual(events());
  });

  it('are the same when documents stand in another order', () => {
    expect(events(rows.toReversed())).toEqual(events());
  });

  it('have ids of their own, which name shop, entity and revision', () => {
    const ids = events().map(({ value }) => (JSON.parse(value) as { id: string }).id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toContain('shop/order/1/2');
    const mended = events(rows, 'revision: 2\n').map(({ value }) => (JSON.parse(value) as { id: string }).id);
    expect(mended.filter((id) => ids.includes(id))).toEqual([]);
  });

  it('carry the revision of the mapping', () => {
    for (const { value } of events(rows, 'revision: 7\n'))
      expect((JSON.parse(value) as { data: { revision: number } }).data.revision).toBe(7);
  });

  it('go by the key of their topic: the customer, for a guest the document', () => {
    const keys = events().map(({ topic, key }) => `${topic} ${key}`);
    expect(keys).toEqual(
      expect.arrayContaining([
        'products.v1 p1',
        'customers.v1 c1',
        'transactions.v1 c1',
        'transactions.v1 3',
        'returns.v1 c2',
        'returns.v1 R2',
      ]),
    );
  });

  it('bring documents in the order of time, in UTC, known when they happened', () => {
    const documents = events().filter(({ topic }) => topic === 'transactions.v1' || topic === 'returns.v1');
    expect(documents.map(({ value }) => (JSON.parse(value) as { subject: string }).subject)).toEqual(['3', '2', 'R1', 'R2', '1']);
    const [order] = parsed(documents, 'transactions.v1').slice(-1);
    expect(order).toMatchObject({ time: '2011-07-01T08:00:00.000Z', recordedtime: '2011-07-01T08:00:00.000Z' });
    expect(order?.data['orderedAt']).toBe('2011-07-01T08:00:00.000Z');
  });

  it('hold the order whole, repeated rows as lines of their own', () => {
    const order = parsed(events(), 'transactions.v1').find(({ subject }) => subject === '1');
    expect(order?.data).toEqual({
      orderId: '1',
      revision: 1,
      status: 'placed',
      orderedAt: '2011-07-01T08:00:00.000Z',
      customerId: 'c1',
      currency: 'GBP',
      paymentMethod: 'card',
      country: 'UK',
      shipping: '1.5',
      lines: [
        { line: 1, productId: 'p1', quantity: 3, unitPrice: '2.5' },
        { line: 2, productId: 'p1', quantity: 3, unitPrice: '2.5' },
      ],
    });
  });

  it('hold what a return pays back: quantity times price, also nothing', () => {
    const [first, second] = parsed(events(), 'returns.v1');
    expect(first?.data).toMatchObject({
      returnId: 'R1',
      orderId: '2',
      customerId: 'c2',
      refundedAt: '2011-01-03T10:00:00.000Z',
      lines: [{ line: 1, quantity: 2, amount: '0.002', reason: 'R' }],
    });
    expect(second?.data).toMatchObject({ orderId: null, customerId: null, lines: [{ amount: '0' }] });
  });

  it('tell products and customers at the time of their first row', () => {
    expect(parsed(events(), 'products.v1').map(({ subject, time, data }) => [subject, time, data['name']])).toEqual([
      ['p1', '2011-07-01T08:00:00.000Z', 'Cup'],
      ['p2', '2011-01-02T10:00:00.000Z', 'Pen, £5'],
    ]);
    expect(parsed(events(), 'customers.v1').map(({ subject, data }) => [subject, data['country']])).toEqual([
      ['c1', 'UK'],
      ['c2', 'Malta'],
    ]);
  });
});

describe('a file of counts of stock', () => {
  const text = `name: t\ncurrency: GBP\ntimeZone: Europe/London\ntime: { formats: [YYYY-MM-DD HH:mm:ss.SSS, YYYY-MM-DD HH:mm] }
columns: { document: id, time: at, price: price }\ntables: { stockCounts: { product: sku, countedAt: counted, units: there } }`;
  const counted = (...given: string[][]): { events: OutgoingEvent[]; refused: string[] } => {
    const mapping = parseMapping(text, 'test.yaml');
    const refused: string[] = [];
    const collector = new DocumentCollector(mapping, ({ reason }) => void refused.push(reason));
    collector.useHeader(['sku', 'counted', 'there'], 'counts.csv');
    given.forEach((row, index) => collector.add(row, index + 2));
    return { events: [...buildEvents(collector, mapping, 'shop')], refused };
  };

  it('tells each; of two of one product and instant the later row', () => {
    const { events: told, refused } = counted(
      ['p1', '2011-07-01 09:00', '7'],
      ['p1', '2011-07-01 09:00', '0'],
      ['p2', '2011-01-01 09:00', '3'],
    );
    expect(refused).toEqual([]);
    expect(parsed(told, 'products.v1').map(({ subject, recordedtime, data }) => [subject, recordedtime, data['units']])).toEqual([
      ['p1/2011-07-01T08:00:00Z', '2011-07-01T08:00:00.000Z', 0],
      ['p2/2011-01-01T09:00:00Z', '2011-01-01T09:00:00.000Z', 3],
    ]);
    for (const { value } of told) expect(topics['products.v1'].events[2].safeParse(JSON.parse(value)).success).toBe(true);
  });

  it('refuses what is no count, and says why', () => {
    const { events: told, refused } = counted(
      ['p1', '2011-07-01 09:00', '1.5'],
      ['p1', '2011-07-01 09:00:00.250', '1'],
      ['p1', '', '1'],
      ['p1', '2011-07-01 09:00', '-2'],
    );
    expect(told).toEqual([]);
    expect(refused).toEqual([
      'stockCounts: units is not a whole number',
      expect.stringContaining('countedAt: must be to the second'),
      'stockCounts: countedAt is not in a format of the mapping',
      expect.stringContaining('units: '),
    ]);
  });
});

describe('a file of campaigns', () => {
  const campaigns = ['id', 'name', 'begins', 'date', 'spend', 'impressions', 'clicks'];
  const row = (id: string, begins: string, date = '') => [id, 'Spring', begins, date, '1', '2', '3'];

  /** Subjects and when they were known, with an order (or none) beside the campaigns. */
  function told(orderedAt: string | undefined, given: readonly string[][]): Record<string, string> {
    const mapping = parseMapping(
      `name: t\ncurrency: EUR\ntimeZone: Europe/Berlin\ntime: { formats: [YYYY-MM-DD HH:mm] }
columns: { document: order, time: at, price: price }
tables: { campaigns: { id: id, name: name, startsAt: begins, date: date, spend: spend, impressions: impressions, clicks: clicks } }\n`,
      'test.yaml',
    );
    const collector = new DocumentCollector(mapping, ({ reason }) => {
      throw new Error(reason);
    });
    collector.useHeader(campaigns, 'campaigns.csv');
    given.forEach((each, index) => collector.add(each, index + 2));
    collector.useHeader(['order', 'at', 'price'], 'orders.csv');
    if (orderedAt !== undefined) collector.add(['1', orderedAt, '5'], 2);
    const events = parsed([...buildEvents(collector, mapping, 'shop')], 'campaigns.v1');
    return Object.fromEntries(events.map(({ subject, recordedtime }) => [subject, recordedtime]));
  }

  it('tells of a day when it is over where the shop is', () => {
    expect(told('2024-04-05 10:00', [row('c', '2024-03-01 09:00', '2024-03-31')])).toEqual({
      c: '2024-03-01T08:00:00.000Z',
      'c/2024-03-31': '2024-03-31T22:00:00.000Z',
    });
  });

  it('tells nothing later than the newest order, though a campaign begins next month or a day is not over', () => {
    expect(told('2024-03-31 18:00', [row('c', '2024-03-01 09:00', '2024-03-31'), row('d', '2024-05-01 09:00')])).toEqual({
      c: '2024-03-01T08:00:00.000Z',
      'c/2024-03-31': '2024-03-31T16:00:00.000Z',
      d: '2024-03-31T16:00:00.000Z',
    });
  });

  it('alone has no newest order to go by: its days are known with it, and move no clock beyond it', () => {
    expect(told(undefined, [row('d', '2024-05-01 09:00', '2024-05-30')])).toEqual({
      d: '2024-05-01T07:00:00.000Z',
      'd/2024-05-30': '2024-05-01T07:00:00.000Z',
    });
  });
});
