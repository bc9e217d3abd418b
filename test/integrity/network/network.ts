import { demoShop } from '#simulation';
import { atLeast, atMost, exactly, FaultProxy, openTestBroker, type Measure, seen, until } from '#testing';
import { atRest, reached, worldStands } from '../answers.js';
import { demoCellsAt, demoFaults, demoMessages } from '../demo.js';
import { startApart, withProcesses } from '../processes.js';
import { caughtUp, round, type Planned, type Round, type Watched } from './rounds.js';

const seed = 20_260_101;
const lastDay = '2026-03-15';
/** Shop seconds per second once live: a quarter of a day. The live part lasts as long as its faults do, and some more. */
const speed = 21_600;
/** Where shop time is when the first fault begins, in the history and live; the next ones follow when the one before is over. */
const inHistory = '2024-02-01';
const live = '2026-01-02';
/** Bytes that clients may send a second meanwhile: the history, some 70 MB, lasts longer than its faults. */
const historyWidth = 350_000;

const faults: readonly Planned[] = [
  { fault: { kind: 'latency', ms: 40, jitterMs: 160 }, seconds: 8, away: false },
  { fault: { kind: 'reset', leastBytes: 1, mostBytes: 60_000 }, seconds: 6, away: false },
  { fault: { kind: 'bandwidth', bytesPerSecond: 60_000 }, seconds: 8, away: false },
  // Beyond the session timeout of a consumer, 15 s: its group believes it dead.
  { fault: { kind: 'half-open' }, seconds: 25, away: true },
  { fault: { kind: 'refused' }, seconds: 10, away: true },
];
/** A group waits 15 s for members that it has lost, a request 20 s for an answer that never comes; then what waited is made up for. */
const recoveryBar = 60;
/** An operator has to know within seconds. */
const saidBar = 10;
/** Who asks for the pipeline must not wait for a broker that does not answer. */
const answerBar = 5;

/**
 * Faults between all processes and the broker while the world streams: each in the middle of the history, and again live. After each
 * the product goes on by itself, and at the end every cell is the oracle's.
 */
export async function network(work: string): Promise<Measure[]> {
  const proxy = await FaultProxy.open(seed);
  const broker = await openTestBroker(proxy.address);
  proxy.leadTo(broker.bootstrap);
  try {
    return await withProcesses(async (running) => {
      try {
        const world = { TIDELINE_SIMULATOR_UNTIL: lastDay, TIDELINE_SIMULATOR_SPEED: String(speed) };
        const { storeUrl, simulator, first, second, api } = await startApart(work, proxy.address, world, running);
        const watched: Watched = { proxy, ingestors: [first, second], figures: api, simulator };
        const measures: Measure[] = [];
        proxy.narrow(historyWidth);
        for (const [when, from] of [['history', inHistory] as const, ['live', live] as const]) {
          await reached(simulator, Date.parse(from));
          // What is left of the history is not what a live fault is about.
          if (when === 'live') await until(() => caughtUp(watched), 'the history is in the figures', { ms: 180_000 });
          for (const planned of faults)
            measures.push(...said(`${planned.fault.kind}, ${when}`, planned, await round(planned, when, watched)));
          proxy.narrow(undefined);
        }
        await worldStands(simulator.url);
        await atRest([first, second], demoShop);
        const stored = await demoMessages([proxy.address]);
        const cells = await demoCellsAt(storeUrl, stored);
        return [
          ...measures,
          seen('messages on the topics', stored.length, 'messages'),
          ...demoFaults('after them', stored, Date.parse(lastDay) - 1),
          exactly('cells that differ from the oracle', cells, 'cells', 0),
        ];
      } finally {
        // They are to end over a broker that answers.
        await proxy.end();
      }
    });
  } finally {
    await broker.stop();
    await proxy.close();
  }
}

function said(name: string, { fault, away }: Planned, came: Round): Measure[] {
  process.stdout.write(`${name}: ${JSON.stringify(came)}\n`);
  const unit = { latency: 'bytes', bandwidth: 'bytes', 'half-open': 'bytes', reset: 'connections', refused: 'connections' }[fault.kind];
  return [
    atLeast(`${name}: delayed, held, cut or refused`, came.touched, unit, 1),
    exactly(`${name}: in the middle of what is sent`, Number(came.inTheMiddle), 'rounds', 1),
    ...(away
      ? [
          atMost(`${name}: broker-away said by state and alarm after`, came.saidAfter ?? Infinity, 's', saidBar),
          atMost(`${name}: longest answer of /api/v1/pipeline`, came.answerSeconds, 's', answerBar),
        ]
      : []),
    atMost(`${name}: from its end until no lag and no alarm`, came.recoverySeconds, 's', recoveryBar),
  ];
}
