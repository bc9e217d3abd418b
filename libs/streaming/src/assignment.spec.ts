import { describe, expect, it } from 'vitest';
import { Assignment, type Steering } from './assignment.js';
import type { IncomingBatch, Kept, PartitionBounds } from './streaming.js';

const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const partition = { topic: 't', partition: 0 };
const message = (offset: bigint) => ({ offset, key: null, value: null, timestamp: new Date(0) });

/** An assignment of one partition that was told to go on at 10, what it did to the client, and what its owner got. */
async function placed(over: { onBatch?: (batch: IncomingBatch) => Promise<void | Kept>; startAt?: () => Promise<bigint> } = {}) {
  const bound: PartitionBounds = { ...partition, start: 0n, end: 20n };
  const done: string[] = [];
  const taken: bigint[] = [];
  const steering: Steering = {
    seek: (_, offset) => void done.push(`seek ${offset}`),
    pause: () => void done.push('pause'),
    resume: () => void done.push('resume'),
  };
  const assignment = new Assignment([partition], {
    spec: {
      groupId: 'g',
      topics: ['t'],
      startAt: over.startAt ?? (() => Promise.resolve(10n)),
      onBatch: over.onBatch ?? ((batch) => (taken.push(...batch.messages.map(({ offset }) => offset)), Promise.resolve())),
      onState: () => undefined,
    },
    steering,
    bounds: () => Promise.resolve([bound]),
    logger: quiet,
    changed: () => undefined,
  });
  assignment.begin(Promise.resolve());
  await new Promise((next) => setImmediate(next));
  return { assignment, done, taken, bound };
}

describe('an assignment', () => {
  it('fetches nothing before its owner has said where to go on', async () => {
    const { done, assignment } = await placed();
    expect(done).toEqual(['pause', 'seek 10', 'resume']);
    expect(assignment.positioned).toBe(true);
  });

  it('hands out only what follows, and drops what came from elsewhere', async () => {
    const { assignment, done, taken } = await placed();
    expect(await assignment.take(partition, { from: 0n, last: 12n }, [message(9n), message(10n)])).toBe(false);
    expect(done.at(-1)).toBe('seek 10');
    expect(await assignment.take(partition, { from: 10n, last: 12n }, [message(10n), message(12n)])).toBe(true);
    expect(await assignment.take(partition, { from: 10n, last: 12n }, [message(10n), message(12n)])).toBe(false);
    expect(taken).toEqual([10n, 12n]);
  });

  it('asks its owner again when the topic goes back, though the next offset lies within it, or when it is told to', async () => {
    let asked = 0;
    const { assignment, bound } = await placed({ startAt: () => Promise.resolve((asked += 1) > 0 ? 10n : 0n) });
    const turn = (): Promise<void> => new Promise((next) => setImmediate(next));
    for (const [end, times] of [
      [20n, 1],
      [25n, 1],
      [15n, 2],
      [15n, 2],
    ] as const) {
      assignment.review(assignment.positions(), [{ ...bound, end }], 30_000);
      await turn();
      expect([end, asked]).toEqual([end, times]);
    }
    assignment.askAgain('the broker is back');
    await turn();
    expect([asked, assignment.positioned]).toEqual([3, true]);
  });

  it('asks its owner again when the client was sent back, and hands out nothing of another topic meanwhile', async () => {
    let asked = 0;
    const { assignment, taken } = await placed({ startAt: () => Promise.resolve((asked += 1) === 1 ? 10n : 0n) });
    await assignment.take(partition, { from: 10n, last: 12n }, [message(10n), message(12n)]);
    expect(await assignment.take(partition, { from: 0n, last: 15n }, [message(0n), message(15n)])).toBe(false);
    await new Promise((next) => setImmediate(next));
    expect([asked, taken]).toEqual([2, [10n, 12n]]);
    expect(await assignment.take(partition, { from: 0n, last: 15n }, [message(0n), message(15n)])).toBe(true);
    expect(taken).toEqual([10n, 12n, 0n, 15n]);
  });

  it('hands out nothing once it is over, and waits for the batch under way', async () => {
    let finish = (): void => undefined;
    const { assignment } = await placed({ onBatch: () => new Promise((done) => (finish = done)) });
    const taking = assignment.take(partition, { from: 10n, last: 10n }, [message(10n)]);
    await new Promise((next) => setImmediate(next));
    assignment.end();
    let idle = false;
    const waiting = assignment.idle().then(() => (idle = true));
    await new Promise((next) => setImmediate(next));
    expect(idle).toBe(false);
    finish();
    await waiting;
    expect(await taking).toBe(false);
    expect(await assignment.take(partition, { from: 11n, last: 11n }, [message(11n)])).toBe(false);
  });

  it('is stalled when messages wait and nobody works on them, not while there is nothing to do', async () => {
    const { assignment, bound } = await placed();
    expect(assignment.review(assignment.positions(), [{ ...bound, end: 10n }], 0)).toBe(false);
    expect(assignment.review(assignment.positions(), [bound], 0)).toBe(false); // seen for the first time
    expect(assignment.review(assignment.positions(), [bound], 0)).toBe(true);
    expect(assignment.review(assignment.positions(), [bound], 60_000)).toBe(false);
    await assignment.take(partition, { from: 10n, last: 15n }, [message(15n)]);
    expect(assignment.review(assignment.positions(), [bound], 0)).toBe(false);
  });

  it('fetches on while a batch is kept, and starts over at its owner when it is lost, with all that was taken after it', async () => {
    let asked = 0;
    const kept: { lose: (error: Error) => void; keep: () => void }[] = [];
    const { assignment, done } = await placed({
      startAt: () => Promise.resolve((asked += 1) === 1 ? 10n : 11n),
      onBatch: () => Promise.resolve({ durable: new Promise((keep, lose) => kept.push({ keep, lose })) }),
    });
    expect(await assignment.take(partition, { from: 10n, last: 10n }, [message(10n)])).toBe(true);
    expect(await assignment.take(partition, { from: 11n, last: 11n }, [message(11n)])).toBe(true);
    expect(await assignment.take(partition, { from: 12n, last: 12n }, [message(12n)])).toBe(true);
    kept[0]?.keep();
    kept[1]?.lose(new Error('store away'));
    await new Promise((next) => setImmediate(next));
    expect([assignment.troubled, assignment.positioned, done.at(-1)]).toEqual([true, false, 'pause']);
    expect(await assignment.take(partition, { from: 13n, last: 13n }, [message(13n)])).toBe(false);
    await new Promise((next) => setTimeout(next, 150));
    // The third is under way still: its owner is not asked before it has ended too.
    expect(asked).toBe(1);
    kept[2]?.lose(new Error('store away'));
    await new Promise((next) => setTimeout(next, 20));
    expect([asked, ...done.slice(-2)]).toEqual([2, 'seek 11', 'resume']);
    expect(assignment.troubled).toBe(true);
    expect(await assignment.take(partition, { from: 11n, last: 12n }, [message(11n)])).toBe(true);
    expect(assignment.troubled).toBe(true);
    kept[3]?.keep();
    await new Promise((next) => setImmediate(next));
    expect(assignment.troubled).toBe(false);
  });

  it('waits for what is kept before it is idle, and does not take it for a stall', async () => {
    let keep = (): void => undefined;
    const { assignment, bound } = await placed({ onBatch: () => Promise.resolve({ durable: new Promise((done) => (keep = done)) }) });
    await assignment.take(partition, { from: 10n, last: 10n }, [message(10n)]);
    expect(assignment.review(assignment.positions(), [bound], 0)).toBe(false);
    expect(assignment.review(assignment.positions(), [bound], 0)).toBe(false);
    assignment.end();
    let idle = false;
    const waiting = assignment.idle().then(() => (idle = true));
    await new Promise((next) => setImmediate(next));
    expect(idle).toBe(false);
    keep();
    await waiting;
  });

  it('asks its owner again when the broker no longer holds its place', async () => {
    let at = 10n;
    const { assignment, done, bound } = await placed({ startAt: () => Promise.resolve(at) });
    at = 3n;
    expect(assignment.review(assignment.positions(), [{ ...bound, end: 5n }], 0)).toBe(false);
    await new Promise((next) => setImmediate(next));
    expect(done.slice(3)).toEqual(['pause', 'seek 3', 'resume']);
  });
});
