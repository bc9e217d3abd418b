import { openTestBroker, silent, type TestBroker } from '#testing';
import { openStreaming, type Streaming } from '#streaming';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { controlTopicOf, TopicRefreshClaim } from './refresh-claim.js';

let broker: TestBroker;
const open: { claim: TopicRefreshClaim; streaming: Streaming }[] = [];

beforeAll(async () => {
  broker = await openTestBroker();
});
afterEach(async () => {
  for (const { claim, streaming } of open.splice(0)) {
    await claim.release();
    await streaming.close();
  }
});
afterAll(() => broker.stop());

/** A claim as another process would make it: with clients of its own. */
function process(shop: string, name: string): { claim: TopicRefreshClaim; streaming: Streaming } {
  const streaming = openStreaming({ brokers: [broker.bootstrap], clientId: name, logger: silent, sessionTimeoutMs: 6_000 });
  const made = { claim: new TopicRefreshClaim(shop, streaming, name), streaming };
  open.push(made);
  return made;
}

/** Whether a promise is still pending after a while. */
async function waits(promise: Promise<unknown>, ms = 1_000): Promise<boolean> {
  return Promise.race([promise.then(() => false), sleep(ms, true)]);
}

it('is held by one process; the next one gets it with a higher epoch when the first gives it back', async () => {
  const first = process('one', 'first');
  const second = process('one', 'second');
  const epoch = await first.claim.acquire();
  expect(await first.claim.holds()).toBe(true);
  const waiting = second.claim.acquire();
  // The group may hand the partition over when the second joins; whoever it is, there is one holder.
  await sleep(4_000);
  const holders = [await first.claim.holds(), await second.claim.holds()].filter(Boolean);
  expect(holders).toHaveLength(1);
  const [leaver, stayer] = (await first.claim.holds()) ? [first, second] : [second, first];
  await leaver.claim.release();
  open.splice(open.indexOf(leaver), 1);
  const next = await (stayer === second ? waiting : stayer.claim.acquire());
  expect(next).toBeGreaterThan(epoch);
  expect(await stayer.claim.holds()).toBe(true);
  await leaver.streaming.close();
});

it('is kept by asking again, and is one per shop', async () => {
  const { claim } = process('a', 'p');
  const epoch = await claim.acquire();
  expect(await claim.acquire()).toBe(epoch);
  expect(await process('b', 'p').claim.acquire()).toBe(0n);
});

it('is lost to a newer record, whatever the holder believes: it waits for its next turn', async () => {
  const { claim, streaming } = process('paused', 'sleeper');
  await claim.acquire();
  // What another process appends that was given the partition while this one slept.
  const producer = await streaming.producer();
  await producer.send(controlTopicOf('paused'), [{ key: null, value: '{}' }]);
  expect(await claim.holds()).toBe(false);
  expect(await waits(claim.acquire())).toBe(true);
});
