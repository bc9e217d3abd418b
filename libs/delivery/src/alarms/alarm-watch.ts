import { isSandbox, type DeliveryChannelRepository, type DeliveryRepository, type ShopDirectory } from '#warehouse';
import { setTimeout as sleep } from 'node:timers/promises';
import { ChannelBook } from '../channels/channel-book.js';
import type { DeliveryMetrics } from '../delivery.metrics.js';
import { deliveriesOfAlarm, type AlarmStep } from '../outbox/occasions.js';

/** An alarm that stands, as the process that raised it knows it. */
export interface StandingAlarm {
  readonly code: string;
  readonly shop: string;
  readonly subject: string;
  readonly message: string;
  readonly since: Date;
}

const lookMs = 1_000;
/** An alarm that is gone before is told to nobody: a rebalance, a broker that answers late. */
export const standsMs = 10_000;

export interface AlarmWatchParts {
  readonly shops: Pick<ShopDirectory, 'list'>;
  readonly outbox: Pick<DeliveryRepository, 'append'>;
  readonly channels: Pick<DeliveryChannelRepository, 'all'>;
  readonly metrics: Pick<DeliveryMetrics, 'written'>;
  /** Where docs/operations.md can be read. */
  readonly runbook: string;
  readonly logger: { warn(fields: object, message: string): void };
}

/** What has to be told of alarms since they were looked at before. */
export function alarmSteps(
  told: ReadonlyMap<string, StandingAlarm>,
  standing: readonly StandingAlarm[],
  now: number,
): { readonly raised: StandingAlarm[]; readonly cleared: StandingAlarm[] } {
  const keys = new Set(standing.map(keyOf));
  return {
    raised: standing.filter((alarm) => !told.has(keyOf(alarm)) && now - alarm.since.getTime() >= standsMs),
    cleared: [...told].filter(([key]) => !keys.has(key)).map(([, alarm]) => alarm),
  };
}

/**
 * Puts what the pipeline of this process complains of into the outbox of its shop; whoever sends the shop's deliveries sends it. While the
 * store is away it waits, and comes under the same key. What a process told before it ended, it does not call back: an alarm that
 * stands again after a restart is a new one.
 */
export class AlarmWatch {
  readonly #told = new Map<string, StandingAlarm>();
  readonly #stop = new AbortController();
  #watching: Promise<void> = Promise.resolve();

  constructor(private readonly parts: AlarmWatchParts) {}

  start(standing: () => readonly StandingAlarm[]): void {
    this.#watching = this.watch(standing);
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#watching;
  }

  /** Looks once. @throws when the store refuses one: it comes with the next look, the others are put in (a shop that cannot start has no outbox) */
  async look(standing: readonly StandingAlarm[], now: number): Promise<void> {
    const { raised, cleared } = alarmSteps(this.#told, standing, now);
    const outcomes = await Promise.allSettled([
      ...raised.map(async (alarm) => {
        await this.put(alarm, 'raised', alarm.since.getTime(), now);
        this.#told.set(keyOf(alarm), alarm);
      }),
      ...cleared.map(async (alarm) => {
        await this.put(alarm, 'cleared', now, now);
        this.#told.delete(keyOf(alarm));
      }),
    ]);
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  }

  private async put(alarm: StandingAlarm, step: AlarmStep['step'], at: number, now: number): Promise<void> {
    const { shops, channels, outbox, metrics, runbook } = this.parts;
    const shop = (await shops.list()).find((each) => each.shop === alarm.shop);
    // Nobody has channels of a sandbox; its shop may be gone meanwhile.
    if (!shop || isSandbox(shop)) return;
    const { code, subject, message, since } = alarm;
    const said: AlarmStep = { step, code, subject, message, at, since: since.getTime(), runbook: `${runbook}#alarm-${code}` };
    const rows = deliveriesOfAlarm(said, { shop, channels: new ChannelBook(await channels.all(shop)), clock: null, now });
    await outbox.append(shop, rows);
    metrics.written(shop.shop, rows);
  }

  private async watch(standing: () => readonly StandingAlarm[]): Promise<void> {
    const { signal } = this.#stop;
    let why = '';
    while (!signal.aborted) {
      await this.look(standing(), Date.now()).then(
        () => (why = ''),
        (error: unknown) => {
          if (String(error) !== why)
            this.parts.logger.warn({ error: String(error) }, 'alarms could not be put into the outbox, it is tried again');
          why = String(error);
        },
      );
      await sleep(lookMs, undefined, { signal }).catch(() => undefined);
    }
  }
}

function keyOf({ code, shop, subject, since }: StandingAlarm): string {
  return JSON.stringify([code, shop, subject, since.getTime()]);
}
