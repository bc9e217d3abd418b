import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import {
  breakdownOfFactsSql,
  breakdownSql,
  buyersSql,
  customerCountsSql,
  extentSql,
  liveEventsSql,
  orderArrivalsSql,
  qualitySql,
  recentEventsSql,
  seriesSql,
  totalsSql,
  type KpiSpan,
} from './reads/index.js';
import { refreshStatements } from './refresh/statements.js';
import type { Shop } from './shop.js';

// The SQL of every statement as it is sent, so that a change of a builder shows in review as a change of SQL.
// After a wanted change: GOLDEN=1 npx vitest run libs/warehouse

const shop: Shop = {
  shop: 'golden',
  database: 'shop_golden',
  timeZone: 'Europe/London',
  currency: 'GBP',
  fiscalYearStart: 1,
  clockMode: 'data',
};
const at = Date.parse('2024-01-01T00:00:00Z');
const spans: KpiSpan[] = [
  { grain: 'month', from: at, to: at + 31 * 86_400_000 },
  { grain: 'hour', from: at - 3_600_000, to: at },
];
const position = (
  topic: 'transactions.v1' | 'returns.v1' | 'customers.v1' | 'products.v1' | 'campaigns.v1',
  epoch: number,
  next: bigint,
) => ({
  topic,
  partition: 0,
  epoch,
  next,
});

function statements(): Map<string, string> {
  const texts = new Map<string, string>();
  const { prepare, write, empty } = refreshStatements({
    shop,
    generation: 1_099_511_627_777n,
    from: [position('transactions.v1', 1, 10n), position('returns.v1', 1, 5n)],
    to: [
      position('transactions.v1', 1, 20n),
      position('returns.v1', 2, 3n),
      position('customers.v1', 1, 4n),
      position('products.v1', 1, 4n),
      position('campaigns.v1', 1, 4n),
    ],
  });
  for (const [index, { name, statement }] of [...prepare, ...write, ...empty].entries()) {
    texts.set(`refresh.${String(index + 1).padStart(2, '0')}.${name}.sql`, statement.text);
  }
  texts.set('read.extent.sql', extentSql(shop).text);
  texts.set('read.totals.sql', totalsSql(shop, spans, false).text);
  texts.set('read.series-week.sql', seriesSql(shop, 'week', at, at + 7 * 86_400_000, true).text);
  texts.set('read.breakdown-product.sql', breakdownSql(shop, 'product', spans, false, 'gross', 20).text);
  texts.set('read.buyers.sql', buyersSql(shop, 'product', spans, ['a', 'b']).text);
  texts.set('read.breakdown-category.sql', breakdownOfFactsSql(shop, 'category', at, at + 3_600_000, true, 'net', 20).text);
  texts.set('read.customer-counts.sql', customerCountsSql(shop, at, at + 86_400_000).text);
  texts.set('read.recent-events.sql', recentEventsSql(shop, 50, 'rejected', "it's").text);
  texts.set('read.quality.sql', qualitySql(shop).text);
  const stretch = { partition: 2, epoch: 1, from: 10n, to: 20n };
  texts.set(
    'read.live-events.sql',
    liveEventsSql(shop, [
      { topic: 'transactions.v1', ...stretch },
      { topic: 'returns.v1', ...stretch },
    ]).text,
  );
  texts.set('read.order-arrivals.sql', orderArrivalsSql(shop, new Date(at)).text);
  return texts;
}

it('sends the statements that were reviewed', () => {
  const directory = join(import.meta.dirname, '__golden__');
  const made = statements();
  if (process.env['GOLDEN'] === '1') {
    for (const [file, text] of made) writeFileSync(join(directory, file), `${text}\n`);
  }
  expect(readdirSync(directory).sort()).toEqual([...made.keys()].sort());
  for (const [file, text] of made) expect(`${text}\n`, file).toBe(readFileSync(join(directory, file), 'utf8'));
});
