import type { PipelineAnswer } from '#contracts';
import { demoShop } from '#simulation';
import { openStreaming } from '#streaming';
import { silent, type NetworkFault, type FaultProxy, until } from '#testing';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { simulatorOf, type Api } from '../answers.js';

/** A fault between the processes and the broker, and how long it lasts. */
export interface Planned {
  readonly fault: NetworkFault;
  readonly seconds: number;
  /** Whether the broker cannot be reached, which has to be said. */
  readonly away: boolean;
}

/** Who can be asked while a fault lasts. */
export interface Watched {
  readonly proxy: FaultProxy;
  /** Those that consume. */
  readonly ingestors: readonly Api[];
  /** The one that tells how far the figures are. */
  readonly figures: Api;
  readonly simulator: { readonly url: string };
}

/** What came of one fault. */
export interface Round {
  /** Bytes that came late or never, connections that were cut, connections that were refused: whatever the fault does. */
  readonly touched: number;
  /** Until every process that consumes said that the broker is away; undefined when it was not to be said, or was not. */
  readonly saidAfter: number | undefined;
  /** The longest that an answer of `/api/v1/pipeline` took while the fault lasted. */
  readonly answerSeconds: number;
  /** From the end of the fault until the figures were where the topics ended then, and nobody said any more that the broker is away. */
  readonly recoverySeconds: number;
  /** Whether the world was in the same phase before and after it: else there was nothing left to disturb. */
  readonly inTheMiddle: boolean;
}

/** How long the product has to go on by itself. Beyond every bar: a round that takes longer fails as a whole. */
const giveUpMs = 180_000;

/** One fault in the middle of what streams. Nobody does anything about it. @param phase of the simulator */
export async function round({ fault, seconds, away }: Planned, phase: 'history' | 'live', watched: Watched): Promise<Round> {
  const { proxy, ingestors, simulator } = watched;
  const isStreaming = async (): Promise<boolean> => (await simulatorOf(simulator.url))?.phase === phase;
  const streamed = await isStreaming();
  const before = proxy.counts;
  const begun = performance.now();
  await proxy.begin(fault);
  let [saidAfter, answerMs, refused] = [undefined as number | undefined, 0, 0];
  for (const end = begun + seconds * 1_000; performance.now() < end; await sleep(200)) {
    if (fault.kind === 'refused') refused += Number(await refuses(proxy.address));
    const asked = performance.now();
    const says = await Promise.all(ingestors.map((api) => saysAway(api, 20_000)));
    answerMs = Math.max(answerMs, performance.now() - asked);
    if (away && says.every(Boolean)) saidAfter ??= (performance.now() - begun) / 1_000;
  }
  await proxy.end();
  const ended = performance.now();
  const { delayed, held, cut } = proxy.counts;
  await until(() => caughtUp(watched), `the figures go on after ${fault.kind}`, { ms: giveUpMs, everyMs: 200 });
  return {
    touched: delayed - before.delayed + held - before.held + cut - before.cut + refused,
    saidAfter,
    answerSeconds: answerMs / 1_000,
    recoverySeconds: (performance.now() - ended) / 1_000,
    inTheMiddle: streamed && (await isStreaming()),
  };
}

/** Whether the figures are where the topics ended when it was first asked, and no ingestor says that the broker is away. */
export async function caughtUp({ proxy, figures, ingestors }: Watched): Promise<boolean> {
  const ends = await endsOf(proxy.address);
  const reached = async (): Promise<boolean> => {
    const shop = (await figures.get<PipelineAnswer>('/api/v1/pipeline')).shops.find((each) => each.shop === demoShop);
    return [...ends].every(([place, end]) =>
      shop?.partitions.some(({ topic, partition, next }) => `${demoShop}.${topic}/${partition}` === place && BigInt(next) >= end),
    );
  };
  await until(reached, 'the figures are where the topics ended', { ms: giveUpMs, everyMs: 100 });
  return (await Promise.all(ingestors.map((api) => saysAway(api, giveUpMs)))).every((away) => !away);
}

/** By a client of its own: one of before may have lost its connections. */
async function endsOf(bootstrap: string): Promise<Map<string, bigint>> {
  const streaming = openStreaming({ brokers: [bootstrap], clientId: 'network', logger: silent });
  try {
    const bounds = await streaming.bounds(['transactions.v1', 'clock.v1'].map((topic) => `${demoShop}.${topic}`));
    return new Map(bounds.map(({ topic, partition, end }) => [`${topic}/${partition}`, end]));
  } finally {
    await streaming.close();
  }
}

/** Whether it says so in both places, the state of the shop and an alarm. False as well when it does not answer in time. */
async function saysAway(api: Api, ms: number): Promise<boolean> {
  const answer = await Promise.race([api.get<PipelineAnswer>('/api/v1/pipeline'), sleep(ms, undefined, { ref: false })]);
  const shop = answer?.shops.find((each) => each.shop === demoShop);
  return shop?.state === 'broker-away' && (answer?.alarms.some(({ code }) => code === 'broker-away') ?? false);
}

function refuses(address: string): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect(Number(address.split(':').pop()), '127.0.0.1');
    const end = (refused: boolean): void => {
      socket.destroy();
      done(refused);
    };
    socket.once('connect', () => end(false)).once('error', (error: NodeJS.ErrnoException) => end(error.code === 'ECONNREFUSED'));
  });
}
