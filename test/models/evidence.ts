import { machine, type Measure } from '#testing';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** What was measured of one shop, in the form of `docs/evidence`. */
interface ShopEvidence {
  readonly date: string;
  readonly machine: string;
  readonly met: boolean;
  readonly measures: readonly Pick<Measure, 'measure' | 'value' | 'unit' | 'bar' | 'ok'>[];
}

/**
 * Keeps measures of shops in a file, beside those of shops that were measured in other runs: all of them take an hour.
 * @param measures named `shop: what`, as the command prints them; of a shop that is among them nothing older is kept of the same name
 */
export async function keep(path: string, measures: readonly Measure[]): Promise<void> {
  const shops = await known(path);
  for (const name of new Set(measures.map(shopOf))) {
    const fresh = measures.filter((each) => shopOf(each) === name).map((each) => plain(each, name));
    const older = (shops[name]?.measures ?? []).filter((each) => !fresh.some(({ measure }) => measure === each.measure));
    const all = [...older, ...fresh];
    shops[name] = { date: new Date().toISOString(), machine: machine(), met: all.every(({ ok }) => ok), measures: all };
  }
  const sorted = Object.fromEntries(Object.entries(shops).sort(([one], [other]) => (one < other ? -1 : 1)));
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `${JSON.stringify({ command: 'test:models', shops: sorted }, null, 2)}\n`);
}

function shopOf({ measure }: Measure): string {
  return measure.slice(0, measure.indexOf(': '));
}

function plain({ measure, value, unit, bar, ok }: Measure, shop: string): ShopEvidence['measures'][number] {
  return { measure: measure.slice(shop.length + 2), value, unit, bar, ok };
}

async function known(path: string): Promise<Record<string, ShopEvidence>> {
  try {
    return (JSON.parse(await readFile(path, 'utf8')) as { shops: Record<string, ShopEvidence> }).shops;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw error;
  }
}
