import { expect, it } from 'vitest';
import { ident, shippedSql, sql } from './sql.js';
import { Standing, Writes } from './writes.js';

const [orders, other] = [ident('shop_a', 'orders'), ident('shop_a', 'other')];

it.each([
  sql`INSERT INTO ${orders}`,
  sql`INSERT INTO ${orders} (a) SELECT a FROM ${other}`,
  sql`
  DELETE FROM ${orders} WHERE 1`,
  sql`TRUNCATE TABLE ${orders}`,
  sql`ALTER TABLE ${orders} ADD COLUMN a UInt8`,
])('counts what is written to a table: %o', ({ text }) => {
  const writes = new Writes();
  writes.add(text);
  expect([writes.to([orders]), writes.to([other]), writes.to([orders, other])]).toEqual([1, 0, 1]);
});

it.each([
  'DROP DATABASE shop_a',
  'INSERT INTO shop_a.orders VALUES (1)',
  '-- why\nINSERT INTO `shop_a`.`orders` VALUES (1)',
  'TRUNCATE TABLE IF EXISTS `shop_a`.`orders`',
  'EXCHANGE TABLES `shop_a`.`orders` AND `shop_a`.`other`',
])('counts a statement of which it cannot tell the table for all of them: %s', (statement) => {
  const writes = new Writes();
  writes.add(shippedSql(statement).text);
  expect([writes.to([orders]), writes.to([other])]).toEqual([1, 1]);
});

it('leaves out what makes views anew', () => {
  const writes = new Writes();
  writes.add('SYSTEM REFRESH VIEW `shop_a`.`mv_rfm_scores`');
  expect(writes.to([orders])).toBe(0);
});

it('asks again only after a write, also after one that came while it was asked', async () => {
  const writes = new Writes();
  let asked = 0;
  const standing = new Standing<number>({ writesTo: (...tables) => writes.to(tables) });
  const get = (): Promise<number> =>
    standing.get('a', [orders], () => {
      asked += 1;
      if (asked === 1) writes.add(sql`INSERT INTO ${orders}`.text);
      return Promise.resolve(asked);
    });
  expect([await get(), await get(), await get()]).toEqual([1, 2, 2]);
  writes.add(sql`INSERT INTO ${other}`.text);
  expect(await get()).toBe(2);
  // Each question has an answer of its own.
  expect(await standing.get('b', [orders], () => Promise.resolve(9))).toBe(9);
  expect(await get()).toBe(2);
  writes.addAny();
  expect(await get()).toBe(3);
});

it('asks each time where others may write, and again after a failure', async () => {
  let asked = 0;
  const shared = new Standing<number>({ writesTo: () => undefined });
  const askShared = (): Promise<number> => shared.get('a', [orders], () => Promise.resolve((asked += 1)));
  expect([await askShared(), await askShared()]).toEqual([1, 2]);
  const own = new Standing<number>({ writesTo: () => 7 });
  const askOwn = (): Promise<number> =>
    own.get('a', [orders], () => {
      asked += 1;
      return asked === 3 ? Promise.reject(new Error('away')) : Promise.resolve(asked);
    });
  await expect(askOwn()).rejects.toThrow('away');
  expect([await askOwn(), await askOwn()]).toEqual([4, 4]);
});
