import type { Writable } from 'node:stream';

/**
 * Who reads may have seen enough (`... | head`): that is no fault, and there is nobody left to write to. Any other error of the stream stays one.
 * @param leave ends the program
 */
export function leaveWithReader(stream: Writable, leave: () => void): void {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    leave();
  });
}
