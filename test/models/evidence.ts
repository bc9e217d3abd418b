import { machine, type Measure } from '#testing';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** A measure of a model of one kind (churn, clv, demand), named `shop: what`, as the commands print it. */
export interface KindMeasure extends Measure {
  readonly kind: string;
}

/** What one run measured of the models of a kind in one shop. */
interface KindEvidence {
  readonly date: string;
  readonly machine: string;
  readonly met: boolean;
  readonly measures: readonly Pick<Measure, 'measure' | 'value' | 'unit' | 'bar' | 'ok'>[];
}

/** By shop, then by kind. */
type Evidence = Record<string, Record<string, KindEvidence>>;

/**
 * Keeps measures of shops in a file, beside those of shops and kinds that were measured in other runs: all of them take an hour. Of a kind that
 * is among them nothing older is kept, for a measure that is not made any more is met by nobody; of the others date and machine stay too.
 */
export async function keep(path: string, measures: readonly KindMeasure[]): Promise<void> {
  const shops = await known(path);
  for (const [shop, ofShop] of grouped(measures, ({ measure }) => measure.slice(0, measure.indexOf(': ')))) {
    for (const [kind, found] of grouped(ofShop, (each) => each.kind)) {
      const met = found.every(({ ok }) => ok);
      const fresh = found.map((each) => plain(each, shop));
      shops[shop] = inOrder({ ...shops[shop], [kind]: { date: new Date().toISOString(), machine: machine(), met, measures: fresh } });
    }
  }
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `${JSON.stringify({ command: 'test:models', shops: inOrder(shops) }, null, 2)}\n`);
}

function grouped(measures: readonly KindMeasure[], by: (measure: KindMeasure) => string): Map<string, KindMeasure[]> {
  const groups = new Map<string, KindMeasure[]>();
  for (const each of measures) groups.set(by(each), [...(groups.get(by(each)) ?? []), each]);
  return groups;
}

function inOrder<T>(named: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(named).sort(([one], [other]) => (one < other ? -1 : 1)));
}

function plain({ measure, value, unit, bar, ok }: Measure, shop: string): KindEvidence['measures'][number] {
  return { measure: measure.slice(shop.length + 2), value, unit, bar, ok };
}

async function known(path: string): Promise<Evidence> {
  try {
    return (JSON.parse(await readFile(path, 'utf8')) as { shops: Evidence }).shops;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw error;
  }
}
