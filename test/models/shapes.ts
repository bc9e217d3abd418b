import { parse } from 'csv-parse/sync';
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ServedShop } from './served.js';
import { simulate, withOwnIds, type Profile } from './shops.js';

const dayMs = 86_400_000;
/** Where simulated histories begin. */
const beginning = Date.UTC(2024, 0, 1);

/** How a shop's history differs from what `cli simulate` writes. */
export interface Shape {
  readonly name: string;
  readonly profile: Profile;
  readonly seeds: readonly number[];
  /** How many customers are kept, at most; those of all seeds together. */
  readonly customers: number;
  /** By how much time runs slower: 5 makes ten years of two. */
  readonly stretch: number;
  /** Orders before this day of the simulated history are unknown to the shop. */
  readonly fromDay: number;
  /** One row per order with a date alone: no product, no price, no time of day. */
  readonly bare: boolean;
}

const whole = { customers: 1_000_000, stretch: 1, fromDay: 0, bare: false } as const;

/** Shops as they come. Small ones first; `large` takes half an hour and some gigabytes. */
export const shapes: readonly Shape[] = [
  { ...whole, name: 'thousand', profile: 'rich', seeds: [211], customers: 1_000 },
  { ...whole, name: 'bare', profile: 'rich', seeds: [212], customers: 3_000, bare: true },
  { ...whole, name: 'one-year', profile: 'seed', seeds: [213], customers: 4_000, fromDay: 366 },
  { ...whole, name: 'ten-years', profile: 'rich', seeds: [214], customers: 4_000, stretch: 5 },
  { ...whole, name: 'bare-ten-years', profile: 'seed', seeds: [215], customers: 2_000, stretch: 5, bare: true },
  { ...whole, name: 'large', profile: 'rich', seeds: [216, 217, 218, 219], customers: 100_000 },
];

/** What a shape needs of a row of transactions.csv. */
type Row = {
  readonly order_id: string;
  readonly ordered_at: string;
  readonly customer_id: string;
  readonly product_id: string;
  readonly quantity: string;
  readonly unit_price: string;
  readonly discount: string;
};

/** A shop of that shape: its orders, and a mapping of its own. */
export function shapedShop(shape: Shape, work: string): ServedShop {
  const folder = join(work, `shape-${shape.name}`);
  return {
    name: `shape-${shape.name}`,
    mapping: join(folder, 'files', 'mapping.yaml'),
    files: async (files) => {
      const rows: Row[] = [];
      for (const seed of shape.seeds) {
        await simulate(shape.profile, seed, files);
        for (const row of parse<Row>(await readFile(join(files, 'transactions.csv')), { columns: true })) rows.push(withOwnIds(row, seed));
      }
      const lines = shaped(rows, shape);
      await writeFile(join(files, 'orders.csv'), `${lines.join('\n')}\n`);
      await writeFile(join(files, 'mapping.yaml'), mappingOf(shape));
      return [join(files, 'orders.csv')];
    },
  };
}

/** The file, header first. */
export function shaped(rows: readonly Row[], shape: Shape): string[] {
  const kept = keptCustomers(rows, shape.customers);
  const from = beginning + shape.fromDay * dayMs;
  const seen = new Set<string>();
  const lines: string[] = [];
  for (const row of rows) {
    const at = Date.parse(`${row.ordered_at.replace(' ', 'T')}Z`);
    if (!kept.has(row.customer_id) || at < from) continue;
    // Into the past: a shop's history ends about now.
    const time = new Date(beginning + 731 * dayMs - (beginning + 731 * dayMs - at) * shape.stretch).toISOString();
    if (!shape.bare) {
      const { order_id, customer_id, product_id, quantity, unit_price, discount } = row;
      lines.push([order_id, time.slice(0, 19).replace('T', ' '), customer_id, product_id, quantity, unit_price, discount].join(','));
    } else if (!seen.has(row.order_id)) {
      seen.add(row.order_id);
      lines.push([row.order_id, time.slice(0, 10), row.customer_id].join(','));
    }
  }
  return [shape.bare ? 'no,date,who' : 'no,time,who,product,quantity,price,discount', ...lines];
}

/** So many of the customers, drawn by a hash of the id: the first ones would be the oldest. */
function keptCustomers(rows: readonly Row[], most: number): ReadonlySet<string> {
  const drawn = [...new Set(rows.map((row) => row.customer_id))].map((id) => [createHash('md5').update(id).digest('hex'), id] as const);
  return new Set(
    drawn
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .slice(0, most)
      .map(([, id]) => id),
  );
}

function mappingOf({ name, bare }: Shape): string {
  const columns = bare
    ? 'columns: { document: no, time: date, customer: who, amount: { constant: "1" } }'
    : 'columns: { document: no, time: time, customer: who, product: product, quantity: quantity, price: price, discount: discount }';
  const formats = bare ? '[YYYY-MM-DD]' : '[YYYY-MM-DD HH:mm:ss]';
  return `name: shape-${name}\ncurrency: EUR\ntimeZone: UTC\ntime: { formats: ${formats} }\n${columns}\n`;
}
