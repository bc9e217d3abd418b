import { demoShop } from '#simulation';
import { FaultProxy, Instance, openTestBroker, type TestBroker } from '#testing';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { atRest, reached, worldStands } from '../answers.js';
import { demoFaults, endOfDemo } from '../demo.js';
import { round } from './rounds.js';

// Two faults in the middle of a short history. The command `network` has all of them, live too. Needs the build (npm test makes it).

const end = '2024-03-15T00:00:00Z';
let directory: string;
let proxy: FaultProxy;
let broker: TestBroker;
let instance: Instance | undefined;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tideline-network-'));
  proxy = await FaultProxy.open(3);
  broker = await openTestBroker(proxy.address);
  proxy.leadTo(broker.bootstrap);
});
afterAll(async () => {
  await instance?.stop();
  await broker.stop();
  await proxy.close();
  await rm(directory, { recursive: true, force: true });
});

it('goes on by itself after resets and a refusal, says that the broker is away, and every cell is right', async () => {
  proxy.narrow(300_000);
  const env = { KAFKA_BROKERS: proxy.address, TIDELINE_SIMULATOR: 'on', TIDELINE_SIMULATOR_UNTIL: end };
  instance = await Instance.start(directory, env);
  const watched = { proxy, ingestors: [instance], figures: instance, simulator: instance };
  await reached(instance, Date.parse('2024-01-03'));
  const reset = { kind: 'reset', leastBytes: 1, mostBytes: 60_000 } as const;
  const cut = await round({ fault: reset, seconds: 3, away: false }, 'history', watched);
  const refused = await round({ fault: { kind: 'refused' }, seconds: 8, away: true }, 'history', watched);
  proxy.narrow(undefined);
  // Whether the history outlasts them is a matter of speed: the command looks at that.
  expect([cut.touched > 0, refused.touched > 0]).toEqual([true, true]);
  expect(refused.saidAfter).toBeDefined();
  await worldStands(instance.url);
  await atRest([instance], demoShop);
  const { stored, cells, code } = await endOfDemo(instance, directory);
  expect([cells, code]).toEqual([0, 0]);
  expect(demoFaults('after them', stored, Date.parse(end) - 1).filter(({ ok }) => !ok)).toEqual([]);
});
