import type { EventPathAnswer } from '#contracts';
import { expect, it } from 'vitest';
import { linesOf } from './event.command.js';

const place = { topic: 'transactions.v1', partition: 2, epoch: 1, offset: '482' };
const event: EventPathAnswer['events'][number] = {
  ...place,
  ...{ eventId: 'first', type: 'tideline.transaction.placed.v1', verdict: 'accepted', reason: '', detail: '', entity: 'A1' },
  ...{ time: '2024-01-10T12:00:00.000Z', recordedTime: '2024-01-10T12:00:01.000Z', ingestedAt: '2026-01-01T00:00:00.000Z' },
  ...{
    revision: '1',
    hash: 'aa',
    standing: 'superseded',
    by: { ...place, offset: '9', eventId: 'second', revision: '2', hash: 'bb' },
    inFigures: true,
  },
};
const figure = {
  ...{ table: 'agg_kpi', grain: 'day', dimension: 'city', member: 'France\u001f\u001fParis', bucket: '2024-01-10T00:00:00.000Z' },
  ...{ grossSales: '7.50', discounts: '0.00', returns: '0.00', returnsByOrderDate: '0.00', orders: 1, units: 3, buyers: 1 },
};
const path: EventPathAnswer = {
  ...{
    shop: 'a-shop',
    id: 'A1',
    events: [event],
    more: false,
    asOf: '2024-02-01T00:00:00.000Z',
    generation: '7',
    watermark: {},
    partial: false,
  },
  facts: [{ table: 'fact_sales', entity: 'A1', row: { order_id: 'A1', channel: '', unit_cost: null, quantity: '3' } }],
  figures: [figure, { ...figure, dimension: 'product', member: '\u001forder', buyers: null }],
};

it('puts each station of the path on a line of its own', () => {
  expect(linesOf(path)).toEqual([
    'event     first  tideline.transaction.placed.v1 about A1',
    '  offset  transactions.v1/2 1:482, in the ledger since 2026-01-01T00:00:00.000Z, known 2024-01-10T12:00:01.000Z',
    '  verdict accepted',
    '  ledger  revision 1, hash aa, superseded by revision 2, hash bb (event second at transactions.v1/2 1:9)',
    'fact      fact_sales             order_id A1, quantity 3',
    'figure    agg_kpi                day  city  France / (unknown) / Paris  2024-01-10T00:00:00.000Z: gross 7.50  discounts 0.00  returns 0.00  orders 1  units 3  buyers 1',
    'figure    agg_kpi                day  product  (discounts on whole orders)  2024-01-10T00:00:00.000Z: gross 7.50  discounts 0.00  returns 0.00  orders 1  units 3',
    'as of     2024-02-01T00:00:00.000Z, generation 7',
  ]);
});

it('says of a dead letter why it counts nowhere, and of what is on its way that it is', () => {
  const dead = {
    ...event,
    verdict: 'rejected',
    reason: 'not-json',
    detail: 'Cut short.',
    standing: 'rejected' as const,
    by: null,
    inFigures: false,
  };
  const lines = linesOf({
    ...path,
    events: [{ ...dead, eventId: '', type: '', entity: '', recordedTime: null }],
    facts: [],
    figures: [],
    more: true,
    partial: true,
  });
  expect(lines).toEqual([
    'event     (no id)  (no type)',
    '  offset  transactions.v1/2 1:482, in the ledger since 2026-01-01T00:00:00.000Z',
    '  verdict rejected (not-json): Cut short.',
    '  ledger  a dead letter: it counts nowhere; the figures have not come to it yet',
    'event     ... and more of this id',
    'fact      none',
    'figure    none',
    'as of     2024-02-01T00:00:00.000Z, generation 7 (of two generations)',
  ]);
});
