import { parseArgs } from 'node:util';
import { shapes, type Shape } from './shapes.js';
import type { Profile } from './shops.js';

const profiles: readonly Profile[] = ['seed', 'rich'];
const kinds = ['churn', 'clv', 'demand'] as const;
export type Kind = (typeof kinds)[number];

/** What a run measures. */
export interface Asked {
  readonly profiles: readonly Profile[];
  readonly seeds: readonly number[];
  /** Whether the real year is measured too. */
  readonly reference: boolean;
  readonly kinds: readonly Kind[];
  /** Shops of other shapes, which are measured instead of the others. */
  readonly shapes: readonly Shape[];
  /** Where histories are kept for the next run; without it they are made anew and thrown away. */
  readonly cache: string | undefined;
  readonly evidence: boolean;
}

export const usage = `Options: --profile seed|rich|all|none, --seeds 201,202,203, --no-reference, --kind churn|clv|demand|all,
  --shapes thousand,bare,one-year,ten-years,bare-ten-years,large (shops of other shapes instead; small: all but large),
  --cache DIR (histories that lie there are taken as they are), --evidence (writes docs/evidence/models.json)`;

/** @throws in words that say what there is */
export function asked(args: readonly string[]): Asked {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...args],
    allowNegative: true,
    options: {
      profile: { ...text, default: 'all' },
      seeds: { ...text, default: '201,202,203' },
      reference: { type: 'boolean', default: true },
      kind: { ...text, default: 'all' },
      shapes: text,
      cache: text,
      evidence: { type: 'boolean', default: false },
    },
  });
  return {
    shapes: shapesOf(values.shapes),
    profiles: values.profile === 'none' || values.shapes !== undefined ? [] : chosen('--profile', values.profile, profiles),
    seeds: values.seeds.split(',').map(seedOf),
    reference: values.reference && values.shapes === undefined,
    kinds: chosen('--kind', values.kind, kinds),
    cache: values.cache,
    evidence: values.evidence,
  };
}

function chosen<T extends string>(option: string, said: string, there: readonly T[]): readonly T[] {
  if (said === 'all') return there;
  const found = there.filter((each) => each === said);
  if (found.length === 0) throw new Error(`${option} takes ${there.join(', ')} or all, not ${said}.`);
  return found;
}

/** @param said names with commas, or `small` for all that are quick */
function shapesOf(said: string | undefined): readonly Shape[] {
  if (said === undefined) return [];
  if (said === 'small') return shapes.filter(({ name }) => name !== 'large');
  return said.split(',').map((name) => {
    const found = shapes.find((each) => each.name === name);
    if (found === undefined) throw new Error(`--shapes takes small or ${shapes.map((each) => each.name).join(', ')}, not ${name}.`);
    return found;
  });
}

function seedOf(said: string): number {
  const seed = Number(said);
  if (said.trim() === '' || !Number.isInteger(seed) || seed < 0) throw new Error(`--seeds takes whole numbers with commas, not ${said}.`);
  return seed;
}
