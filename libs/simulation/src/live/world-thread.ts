// The thread behind `batchesOnThread`.
import { on } from 'node:events';
import { parentPort, workerData } from 'node:worker_threads';
import { inBatches, worldOf, type ThreadStart } from './batches.js';

if (!parentPort) throw new Error('This module is started as a thread.');
const { words, after, ahead } = workerData as ThreadStart;
const taken = on(parentPort, 'message')[Symbol.asyncIterator]();
let room = ahead;
for (const batch of inBatches(worldOf(words).after(after))) {
  if (room === 0) {
    await taken.next();
    room += 1;
  }
  parentPort.postMessage(batch);
  room -= 1;
}
// Its messages are taken first; then the thread may end.
parentPort.close();
