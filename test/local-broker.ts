import { execFileSync } from 'node:child_process';

/** The broker that an instance runs on a data directory: its process id, 0 while there is none, and its command line. */
export function brokerOf(data: string): { pid: number; args: string } {
  const lines = execFileSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8' }).split('\n');
  const line = lines.find((each) => /^\s*\d+ java /.test(each) && each.includes('kafka.Kafka') && each.includes(data)) ?? '';
  const [pid = '0'] = line.trim().split(' ');
  return { pid: Number(pid), args: line };
}
