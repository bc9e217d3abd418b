import { arch, cpus, platform, totalmem } from 'node:os';

/** One measured figure against its bar, as the measuring commands print it. */
export interface Measure {
  readonly measure: string;
  readonly value: number;
  readonly unit: string;
  /** What it must not exceed, or must reach; null where there is none. */
  readonly bar: number | null;
  readonly ok: boolean;
}

/** A figure that must not be larger than its bar. */
export function atMost(measure: string, value: number, unit: string, bar: number): Measure {
  return { measure, value: round(value), unit, bar, ok: value <= bar };
}

/** A figure that must reach its bar. */
export function atLeast(measure: string, value: number, unit: string, bar: number): Measure {
  return { measure, value: round(value), unit, bar, ok: value >= bar };
}

/** A count that must be exactly what it should be. */
export function exactly(measure: string, value: number, unit: string, bar: number): Measure {
  return { measure, value, unit, bar, ok: value === bar };
}

/** A figure that nothing is asked of. */
export function seen(measure: string, value: number, unit: string): Measure {
  return { measure, value: round(value), unit, bar: null, ok: true };
}

/** Prints a table for people and one JSON line, last, for programs. @returns the exit code */
export function report(measures: readonly Measure[]): number {
  for (const { measure, value, unit, bar, ok } of measures) {
    process.stdout.write(
      `${ok ? 'ok    ' : 'MISSED'} ${measure.padEnd(52)} ${String(value).padStart(12)} ${unit}${bar === null ? '' : `  (bar ${bar})`}\n`,
    );
  }
  const on = `${machine()}, Node ${process.versions.node}, a plain loop ${loopNs().toFixed(2)} ns a round`;
  process.stdout.write(`${JSON.stringify(measures.map((each) => ({ ...each, machine: on })))}\n`);
  return measures.length > 0 && measures.every((each) => each.ok) ? 0 : 1;
}

/** What was measured on: `2 cores, 24 GiB, linux x64`. */
export function machine(): string {
  return `${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, ${platform()} ${arch()}`;
}

/**
 * How fast one core is just now, in nanoseconds for a round of a plain loop. The guest of a shared machine differs by half from hour to hour:
 * without it two runs cannot be compared.
 */
function loopNs(): number {
  const rounds = 100_000_000;
  let best = Infinity;
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const begun = performance.now();
    let value = attempt;
    for (let round = 0; round < rounds; round += 1) value = (Math.imul(value, 31) + round) | 0;
    // Used, or the loop could be left out.
    best = Math.min(best, Number.isNaN(value) ? 0 : ((performance.now() - begun) * 1e6) / rounds);
  }
  return best;
}

/** The value below which a share of all values lies. @param share 0 to 1 */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
