import { readFileSync } from 'node:fs';

/** A value that is looked at again and again. */
export interface Sample {
  /** Minutes since the first look. */
  readonly minute: number;
  readonly value: number;
}

/** Resident memory of a process in MB, at once and then every few seconds, until told to stop. @param pid of a process that lives as long */
export function sampleMemory(pid: number, everyMs: number): { readonly samples: readonly Sample[]; stop(): void } {
  const begun = performance.now();
  const samples: Sample[] = [];
  const look = (): void => void samples.push({ minute: (performance.now() - begun) / 60_000, value: residentMb(pid) });
  look();
  const timer = setInterval(look, everyMs);
  return { samples, stop: () => clearInterval(timer) };
}

/** Resident memory of a process now, MB. */
function residentMb(pid: number): number {
  return megabytes(pid, 'VmRSS');
}

/** High-water mark of a process's resident memory, as the kernel keeps it, MB. */
export function peakMb(pid: number): number {
  return megabytes(pid, 'VmHWM');
}

/** Processor time that a process has had, of all its threads, in seconds: the kernel counts it in hundredths. */
export function processorSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // Behind the name, which may hold anything: state, then numbers, of which the 12th and 13th are user and system.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

function megabytes(pid: number, field: string): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const kilobytes = Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1] ?? Number.NaN);
  return Math.round((kilobytes * 1024) / 1e6);
}

/** Least squares: by how much a value grows in a minute. */
export function slopePerMinute(points: readonly Sample[]): number {
  const mean = (of: (point: Sample) => number): number => points.reduce((sum, point) => sum + of(point), 0) / points.length;
  const [x, y] = [mean(({ minute }) => minute), mean(({ value }) => value)];
  const spread = points.reduce((sum, { minute }) => sum + (minute - x) ** 2, 0);
  return points.reduce((sum, { minute, value }) => sum + (minute - x) * (value - y), 0) / spread;
}
