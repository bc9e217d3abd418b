import type { Streaming } from '#streaming';
import { expect, it } from 'vitest';
import { TopicRefreshClaim } from './refresh-claim.js';

/** A control topic of which an answer can be kept back, as a slow broker does. */
function slowTopic() {
  let end = 0n;
  let kept: Promise<void> = Promise.resolve();
  let assign = (): Promise<unknown> => Promise.resolve();
  const bound = () => ({ topic: 'one.control.v1', partition: 0, start: 0n, end });
  const append = () => {
    end += 1n;
    return Promise.resolve([{ topic: 'one.control.v1', partition: 0, firstOffset: end - 1n, lastOffset: end - 1n }]);
  };
  const streaming = {
    ensureTopics: () => Promise.resolve(),
    producer: () => Promise.resolve({ send: append, close: () => Promise.resolve() }),
    consume: (spec: Parameters<Streaming['consume']>[0]) => {
      assign = () => spec.startAt('one.control.v1', 0, bound());
      return Promise.resolve({ state: 'running', stop: () => Promise.resolve() });
    },
    bounds: async () => {
      const now = bound();
      await kept;
      return [now];
    },
  } as unknown as Streaming;
  return {
    streaming,
    /** Another process claims. */
    append,
    /** The group gives this process the partition. */
    assign: () => assign(),
    keep: () => {
      let letGo = (): void => undefined;
      kept = new Promise((done) => (letGo = done));
      return letGo;
    },
  };
}

it('is acquired where it was granted while an earlier one was asked about', async () => {
  const topic = slowTopic();
  const claim = new TopicRefreshClaim('one', topic.streaming, 'spec');
  const first = claim.acquire();
  await new Promise(setImmediate);
  await topic.assign();
  expect(await first).toBe(0n);

  await topic.append();
  const letGo = topic.keep();
  const second = claim.acquire();
  await new Promise(setImmediate);
  await topic.assign();
  letGo();
  expect(await second).toBe(2n);
});
