import {
  aCampaignDay,
  aCustomer,
  aLine,
  altered,
  anOrder,
  aProduct,
  aRawMessage,
  aReturn,
  aStockCount,
  type TestMessage,
} from '../builders/index.js';
import type { VerdictReason } from '../oracle/index.js';

/** Messages that must not count, with the reason each is refused for. Everything else about them is as it should be. */
export function poison(currency: string): { reason: VerdictReason; what: string; message: TestMessage }[] {
  const other = currency === 'EUR' ? 'USD' : 'EUR';
  const order = anOrder({ orderId: 'poison', currency });
  const onTopic = (topic: TestMessage['topic'], message: TestMessage): TestMessage => ({ ...message, topic });
  const late = { recordedtime: '2024-01-10T09:54:59.999Z' };
  return [
    { reason: 'not-json', what: 'cut short', message: aRawMessage('transactions.v1', order.value.slice(0, -20)) },
    { reason: 'not-json', what: 'empty', message: aRawMessage('returns.v1', '') },
    { reason: 'not-json', what: 'a list', message: aRawMessage('customers.v1', '[]') },
    { reason: 'not-json', what: 'nothing', message: aRawMessage('products.v1', 'null') },
    { reason: 'not-an-event', what: 'no id', message: altered(order, (event) => delete event['id']) },
    { reason: 'not-an-event', what: 'another version of CloudEvents', message: altered(order, (event) => (event['specversion'] = '0.3')) },
    { reason: 'not-an-event', what: 'local time', message: altered(order, (event) => (event['time'] = '2024-01-10T10:00:00+01:00')) },
    { reason: 'not-an-event', what: 'no type', message: altered(order, (event) => delete event['type']) },
    { reason: 'not-an-event', what: 'no data', message: altered(order, (event) => delete (event as { data?: unknown }).data) },
    {
      reason: 'unknown-type',
      what: 'a later version',
      message: altered(order, (event) => (event['type'] = 'tideline.transaction.placed.v2')),
    },
    { reason: 'wrong-topic', what: 'an order among returns', message: onTopic('returns.v1', order) },
    {
      reason: 'wrong-topic',
      what: 'a product among customers',
      message: onTopic('customers.v1', aProduct({ productId: 'poison', currency })),
    },
    {
      reason: 'invalid-data',
      what: 'negative price',
      message: anOrder({ orderId: 'poison', currency, lines: [aLine({ unitPrice: '-1.00' })] }),
    },
    { reason: 'invalid-data', what: 'money as a number', message: altered(order, (event) => (event.data['discount'] = 1.5)) },
    {
      reason: 'invalid-data',
      what: 'nested a thousand deep',
      message: aRawMessage('transactions.v1', order.value.replace('"data":{', `"data":{"extra":${'['.repeat(1_000)}${']'.repeat(1_000)},`)),
    },
    {
      reason: 'invalid-data',
      what: 'half a surrogate pair',
      message: aRawMessage('customers.v1', aCustomer({ customerId: 'poison', email: 'x@y.z' }).value.replace('x@y.z', '\\ud800@y.z')),
    },
    { reason: 'invalid-data', what: 'no lines', message: anOrder({ orderId: 'poison', currency, lines: [] }) },
    {
      reason: 'invalid-data',
      what: 'a seventh fraction digit',
      message: aReturn({ returnId: 'poison', currency, lines: [{ line: 1, quantity: 1, amount: '0.1234567' }] }),
    },
    {
      reason: 'invalid-data',
      what: '30 February',
      message: aCampaignDay({ campaignId: 'poison', currency, date: '2024-02-30' }, { time: '2024-02-28T12:00:00Z' }),
    },
    {
      reason: 'invalid-data',
      what: 'a count to the millisecond: its instant is part of its name',
      message: aStockCount({ productId: 'poison', countedAt: '2024-01-10T10:00:00.000Z' }),
    },
    { reason: 'invalid-data', what: 'placed, yet cancelled', message: altered(order, (event) => (event.data['status'] = 'cancelled')) },
    { reason: 'subject-mismatch', what: 'about another order', message: anOrder({ orderId: 'poison', currency }, { subject: 'order-1' }) },
    { reason: 'subject-mismatch', what: 'about another customer', message: aCustomer({ customerId: 'poison' }, { subject: 'customer-1' }) },
    {
      reason: 'subject-mismatch',
      what: 'about a campaign, not its day',
      message: aCampaignDay({ campaignId: 'poison', currency }, { subject: 'poison' }),
    },
    {
      reason: 'subject-mismatch',
      what: 'about a product, not the count of it',
      message: aStockCount({ productId: 'poison' }, { subject: 'poison' }),
    },
    { reason: 'duplicate-line', what: 'line 1 twice', message: anOrder({ orderId: 'poison', currency, lines: [aLine(), aLine()] }) },
    {
      reason: 'duplicate-line',
      what: 'line 2 twice',
      message: aReturn({ returnId: 'poison', currency, lines: [1, 2, 2].map((line) => ({ line, quantity: 1, amount: '1.00' })) }),
    },
    { reason: 'other-currency', what: 'an order', message: anOrder({ orderId: 'poison', currency: other }) },
    { reason: 'other-currency', what: 'a return', message: aReturn({ returnId: 'poison', currency: other }) },
    { reason: 'other-currency', what: 'a product', message: aProduct({ productId: 'poison', currency: other }) },
    { reason: 'other-currency', what: 'a day of a campaign', message: aCampaignDay({ campaignId: 'poison', currency: other }) },
    {
      reason: 'time-ahead',
      what: 'known five minutes and a millisecond before it happened',
      message: anOrder({ orderId: 'poison', currency }, late),
    },
    {
      reason: 'time-ahead',
      what: 'ordered after it was known',
      message: anOrder({ orderId: 'poison', currency }, { ...late, time: '2024-01-10T09:00:00Z' }),
    },
    {
      reason: 'time-ahead',
      what: 'refunded after it was known',
      message: aReturn({ returnId: 'poison', currency }, { ...late, time: '2024-01-10T09:00:00Z' }),
    },
    {
      reason: 'time-ahead',
      what: 'counted after it was known',
      message: aStockCount({ productId: 'poison' }, { ...late, time: '2024-01-10T09:00:00Z' }),
    },
  ];
}
