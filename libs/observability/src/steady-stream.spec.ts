import { EventEmitter } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { SteadyStream, type LineSink } from './steady-stream.js';

class Sink extends EventEmitter implements LineSink {
  constructor(private readonly lines: string[]) {
    super();
  }
  write(line: string): void {
    this.lines.push(line);
  }
  end(): void {
    this.lines.push('end');
  }
}

it('loses lines while the disk is full, goes on when there is room, and says how many were lost', async () => {
  const lines: string[] = [];
  const sinks: Sink[] = [];
  const stream = new SteadyStream(() => {
    const sink = new Sink(lines);
    sinks.push(sink);
    return sink;
  }, 5);
  stream.write('one\n');
  sinks[0]?.emit('error', new Error('ENOSPC: no space left on device, write'));
  stream.write('two\n');
  stream.write('three\n');
  await sleep(30);
  stream.write('four\n');
  stream.end();
  expect([lines[0], ...lines.slice(2)]).toEqual(['one\n', 'four\n', 'end']);
  expect(JSON.parse(lines[1] ?? '')).toMatchObject({ lost: 3, error: 'ENOSPC: no space left on device, write' });
});
