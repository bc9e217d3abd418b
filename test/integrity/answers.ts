import type { PipelineAnswer } from '#contracts';
import { until } from '#testing';

/** What answers REST: an instance, or one process of several. */
export interface Api {
  readonly url: string;
  get<T>(path: string): Promise<T>;
}

/** What says when an answer was made, and by whom. */
const circumstances = ['shop', 'generation', 'watermark', 'partial'];

/**
 * Every answer that has figures in it, by its path, without what says when it was made.
 * @param leftOut names of more that is not compared
 */
export async function figuresOf(api: Api, shop: string, leftOut: readonly string[] = []): Promise<Record<string, unknown>> {
  const paths = [
    'kpis/summary',
    'kpis/summary?refunds=order-date',
    'kpis/summary?from=2024-03-01T00:00:00Z&to=2024-09-01T00:00:00Z',
    ...['day', 'week', 'month'].map((grain) => `kpis/series?grain=${grain}`),
    // A year at a time: more points are refused.
    ...[2023, 2024, 2025].map((year) => `kpis/series?grain=hour&from=${year}-01-01T00:00:00Z&to=${year + 1}-01-01T00:00:00Z`),
    ...['product', 'category', 'subcategory', 'brand', 'country', 'region', 'city', 'payment', 'channel', 'campaign'].map(
      (by) => `kpis/breakdown?by=${by}&limit=1000`,
    ),
  ];
  const answers = await Promise.all(
    paths.map(async (path) => {
      const answer = await api.get<Record<string, unknown>>(`/api/v1/shops/${shop}/${path}`);
      const figures = Object.entries(answer).filter(([name]) => !circumstances.includes(name) && !leftOut.includes(name));
      return [path, Object.fromEntries(figures)] as const;
    }),
  );
  return Object.fromEntries(answers);
}

/** The paths whose figures are others. */
export function differing(expected: Readonly<Record<string, unknown>>, actual: Readonly<Record<string, unknown>>): string[] {
  return Object.keys({ ...expected, ...actual }).filter((path) => JSON.stringify(expected[path]) !== JSON.stringify(actual[path]));
}

/** Waits until one of these has refreshed all that the broker holds of a shop, RFM and cohorts included. */
export async function atRest(apis: readonly Api[], shop: string, ms = 300_000): Promise<void> {
  const stands = async (api: Api): Promise<boolean> => {
    const found = (await api.get<PipelineAnswer>('/api/v1/pipeline')).shops.find((each) => each.shop === shop);
    return (
      found !== undefined &&
      found.partitions.every(({ lag }) => lag === '0') &&
      BigInt(found.viewsGeneration) >= BigInt(found.generation) &&
      found.asOf !== null
    );
  };
  await until(async () => (await Promise.all(apis.map(stands))).some(Boolean), `the figures of ${shop} stand at the ends of its topics`, {
    ms,
  });
}

/** What the simulator of a process says of itself. */
export interface SimulatorSays {
  readonly phase: string;
  /** Shop time, Unix milliseconds. */
  readonly through: number;
}

/** Undefined while nothing answers, or no simulator is there. */
export async function simulatorOf(url: string): Promise<SimulatorSays | undefined> {
  try {
    const answer = (await (await fetch(new URL('/health/ready', url))).json()) as { parts: { simulator?: { detail: string } } };
    const [, phase, at] = /: (\w+) at (\S+Z)/.exec(answer.parts.simulator?.detail ?? '') ?? [];
    return phase !== undefined && at !== undefined ? { phase, through: Date.parse(at) } : undefined;
  } catch {
    return undefined;
  }
}

/** Waits until shop time has come to an instant. The history goes by fast: it is asked often. */
export async function reached({ url }: { readonly url: string }, instant: number): Promise<SimulatorSays> {
  let says: SimulatorSays | undefined;
  await until(
    async () => {
      says = await simulatorOf(url);
      return says !== undefined && says.through >= instant;
    },
    `shop time comes to ${new Date(instant).toISOString()}`,
    { ms: 180_000, everyMs: 10 },
  );
  return says ?? { phase: 'idle', through: instant };
}

/** Waits until the shop time of a simulator stands still. */
export async function worldStands(url: string, ms = 300_000): Promise<void> {
  await until(async () => (await simulatorOf(url))?.phase === 'ended', 'shop time stands still', { ms });
}
