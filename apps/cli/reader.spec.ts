import { Writable } from 'node:stream';
import { expect, it } from 'vitest';
import { leaveWithReader } from './reader.js';

const failed = (code: string): Error => Object.assign(new Error(code), { code });

it('leaves when the reader has gone away, and leaves every other error of a stream as it is', () => {
  const stream = new Writable();
  let left = 0;
  leaveWithReader(stream, () => (left += 1));
  expect(() => stream.emit('error', failed('ENOSPC'))).toThrow('ENOSPC');
  expect(left).toBe(0);
  stream.emit('error', failed('EPIPE'));
  expect(left).toBe(1);
});
