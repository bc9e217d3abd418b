import { readFileSync } from 'node:fs';

/** Resident memory of a process at moments. */
export interface MemorySample {
  /** Minutes since the first one. */
  readonly minutes: number;
  readonly mb: number;
}

/** Looks at once and then every few seconds, until it is told to stop. @param pid of a process that lives as long */
export function sampleMemory(pid: number, everyMs: number): { readonly samples: readonly MemorySample[]; stop(): void } {
  const begun = performance.now();
  const samples: MemorySample[] = [];
  const look = (): void => void samples.push({ minutes: (performance.now() - begun) / 60_000, mb: residentMb(pid) });
  look();
  const timer = setInterval(look, everyMs);
  return { samples, stop: () => clearInterval(timer) };
}

/** The slope of the straight line of least squares through samples, in MB a minute. */
export function growth(samples: readonly MemorySample[]): number {
  const mean = (of: (sample: MemorySample) => number): number => samples.reduce((sum, each) => sum + of(each), 0) / samples.length;
  const [minutes, mb] = [mean((each) => each.minutes), mean((each) => each.mb)];
  const covariance = mean((each) => (each.minutes - minutes) * (each.mb - mb));
  return covariance / mean((each) => (each.minutes - minutes) ** 2);
}

function residentMb(pid: number): number {
  const kilobytes = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? Number.NaN);
  return (kilobytes * 1_024) / 1e6;
}
