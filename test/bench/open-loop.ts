import { topicOf, type PipelineAnswer, type ShopAnswer } from '#contracts';
import { openStreaming, type OutgoingMessage, type Streaming } from '#streaming';
import { anOrder, silent, type Instance } from '#testing';
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../browser/demo.js';

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

/** A shop of its own for a measure. @returns a client of the instance's broker */
export async function shopFor(instance: Instance, shop: string): Promise<Streaming> {
  await instance.call('PUT', `/api/v1/shops/${shop}`, { timeZone: 'UTC', currency: 'EUR' });
  await until(`${shop} is ready`, async () => (await instance.get<ShopAnswer>(`/api/v1/shops/${shop}`)).status === 'ready');
  const { kafka } = await instance.get<PipelineAnswer>('/api/v1/pipeline');
  return openStreaming({ brokers: kafka.brokers, clientId: `${shop}-bench`, logger: silent });
}

/** Begins once the producer is connected. @param total how many, at `perSecond` @param make the n-th of them */
export async function sendOrders(
  streaming: Streaming,
  shop: string,
  perSecond: number,
  total: number,
  make: (number: number) => OutgoingMessage = order,
): Promise<OpenLoop> {
  const producer = await streaming.producer();
  const begun = performance.now();
  let sent = 0;
  const send = async (): Promise<void> => {
    const onTheWay: Promise<unknown>[] = [];
    while (sent < total) {
      const due = Math.min(total, Math.floor(((performance.now() - begun) / 1_000) * perSecond) + 1);
      const batch: OutgoingMessage[] = [];
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

function order(number: number): { key: string; value: string } {
  const at = new Date().toISOString();
  const { key, value } = anOrder(
    { orderId: `o-${number}`, customerId: `c-${number % 5_000}`, orderedAt: at, currency: 'EUR' },
    { id: `e-${number}` },
  );
  return { key: key ?? '', value };
}
