import { topicOf, type PipelineAnswer, type ShopAnswer } from '#contracts';
import { openStreaming, type OutgoingMessage, type Streaming } from '#streaming';
import { anOrder, percentile, silent, type Instance } from '#testing';
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../browser/demo.js';
import { loadOrder, outgoing, type LoadShape } from './load.js';

/** Orders at a steady rate, whatever becomes of those before: when each was meant to be sent is known, and it is measured from there. */
export interface OpenLoop {
  /** Sent, or about to be: orders 0 to `sent - 1`. */
  readonly sent: number;
  /** When an order is meant to be sent, on this process's clock (`performance.now`). */
  intended(order: number): number;
  /** Resolves when all were handed to Kafka's client and the broker has them. */
  readonly done: Promise<void>;
}

/** How often what is due is sent. */
const everyMs = 10;

/** A shop of its own for a measure. @param clock what moves its time @returns a client of the instance's broker */
export async function shopFor(instance: Instance, shop: string, clock: 'wall' | 'data' = 'wall'): Promise<Streaming> {
  await instance.call('PUT', `/api/v1/shops/${shop}`, { timeZone: 'UTC', currency: 'EUR', clock });
  await until(`${shop} is ready`, async () => (await instance.get<ShopAnswer>(`/api/v1/shops/${shop}`)).status === 'ready');
  const { kafka } = await instance.get<PipelineAnswer>('/api/v1/pipeline');
  return openStreaming({ brokers: kafka.brokers, clientId: `${shop}-bench`, logger: silent });
}

/**
 * Begins once the producer is connected.
 * @param total how many, at `perSecond`
 * @param make the n-th; one of this moment by default
 */
export async function sendOrders(
  streaming: Streaming,
  shop: string,
  perSecond: number,
  total: number,
  make: (number: number) => OutgoingMessage = orderOfNow,
): Promise<OpenLoop> {
  const producer = await streaming.producer();
  const begun = performance.now();
  let sent = 0;
  const send = async (): Promise<void> => {
    const onTheWay: Promise<unknown>[] = [];
    while (sent < total) {
      const due = Math.min(total, Math.floor(((performance.now() - begun) / 1_000) * perSecond) + 1);
      const batch = [];
      for (; sent < due; sent += 1) batch.push(make(sent));
      if (batch.length > 0) onTheWay.push(producer.send(topicOf(shop, 'transactions.v1'), batch));
      await sleep(everyMs);
    }
    await Promise.all(onTheWay);
    await producer.close();
  };
  return {
    get sent() {
      return sent;
    },
    intended: (number) => begun + (number * 1_000) / perSecond,
    done: send(),
  };
}

const warmUpSeconds = 5;
const seconds = 20;

/** How long orders of one rate took from the moment at which they were meant to be sent; those of the warm-up are not among them. */
export interface Timed {
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** Orders sent, those of the warm-up included. */
  readonly sent: number;
  readonly notShown: number;
  /** Of the whole run, the warm-up included. */
  readonly seconds: number;
  /** What was sent. */
  readonly shape: LoadShape;
}

/**
 * Sends orders at a rate, each with the moment at which it is meant to be sent as its time, and waits until all are shown, or for a minute.
 * @param shape name of the load, and the customers over whom the orders are spread
 * @param shown counts in the order in which they were shown, and when; somebody adds to it meanwhile
 */
export async function timed(
  streaming: Streaming,
  shop: string,
  { name, perSecond, customers }: Omit<LoadShape, 'from'>,
  shown: readonly { readonly count: number; readonly at: number }[],
): Promise<Timed> {
  const shape: LoadShape = { name, perSecond, from: Date.now(), customers };
  const sent = (warmUpSeconds + seconds) * perSecond;
  const load = await sendOrders(streaming, shop, perSecond, sent, (number) => outgoing(loadOrder(shape, number)));
  await load.done;
  const count = (): number => shown.at(-1)?.count ?? 0;
  for (let tries = 0; count() < sent && tries < 1_200; tries += 1) await sleep(50);
  const waits = waitsOf(load, shown, warmUpSeconds * perSecond);
  const [p50, p99] = [percentile(waits, 0.5), percentile(waits, 0.99)];
  return { p50, p99, sent, notShown: sent - count(), seconds: warmUpSeconds + seconds, shape };
}

/**
 * Reads off when each order was shown: orders are counted, so the n-th one is shown by the first count of n or more.
 * @param shown counts in the order in which they were shown, and when, on the same clock
 * @returns milliseconds from the intended moment, of the orders from `from` on that were shown
 */
export function waitsOf(load: OpenLoop, shown: readonly { readonly count: number; readonly at: number }[], from: number): number[] {
  const waits: number[] = [];
  let next = 0;
  for (const { count, at } of shown) {
    for (; next < Math.min(count, load.sent); next += 1) if (next >= from) waits.push(at - load.intended(next));
  }
  return waits;
}

function orderOfNow(number: number): { key: string; value: string } {
  const at = new Date().toISOString();
  const { key, value } = anOrder(
    { orderId: `o-${number}`, customerId: `c-${number % 5_000}`, orderedAt: at, currency: 'EUR' },
    { id: `e-${number}` },
  );
  return { key: key ?? '', value };
}
