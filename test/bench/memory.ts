import { atMost, importFile, Instance, type Measure } from '#testing';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { referenceFile } from '../integrity/reference.js';

/** Largest resident memory of both processes during an import and after it. */
export async function memory(work: string): Promise<Measure[]> {
  const data = join(work, 'data');
  const instance = await Instance.start(data);
  try {
    await importFile(instance.url, 'online-retail', 'online-retail', referenceFile(), join(work, 'rejects.csv'));
    await sleep(2_000);
    const broker = brokerOf(data);
    return [
      atMost('Node process, peak', peakMb(instance.pid), 'MB', 1_200),
      atMost('broker heap, largest allowed', Number(/-Xmx(\d+)m/.exec(broker.args)?.[1] ?? Number.NaN), 'MB', 512),
      { measure: 'broker process, peak', value: peakMb(broker.pid), unit: 'MB', bar: null, ok: true },
    ];
  } finally {
    await instance.stop();
  }
}

/** High-water mark of resident memory, as the kernel keeps it. */
function peakMb(pid: number): number {
  const kilobytes = Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? Number.NaN);
  return Math.round((kilobytes * 1024) / 1e6);
}

function brokerOf(data: string): { pid: number; args: string } {
  const lines = execFileSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8' }).split('\n');
  const line = lines.find((each) => /^\s*\d+ java /.test(each) && each.includes('kafka.Kafka') && each.includes(data)) ?? '';
  const [pid = '0'] = line.trim().split(' ');
  return { pid: Number(pid), args: line };
}
