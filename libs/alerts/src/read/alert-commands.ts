import { topicOf, type AlertCommand, type AlertOrder, type AlertOrderAnswer } from '#contracts';
import type { EventProducer, Streaming } from '#streaming';
import type { AlertReads, Shop } from '#warehouse';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { AlertsError, type AlertsErrorCode } from '../alerts.errors.js';
import type { AlertsQueries } from './alerts.queries.js';
import { shownAlert } from './shown.js';

export interface CommandParts {
  readonly streaming: Pick<Streaming, 'producer'>;
  readonly reads: Pick<AlertReads, 'outcome'>;
  readonly queries: Pick<AlertsQueries, 'find'>;
  /** The shop's time, Unix milliseconds; null while it has none. */
  readonly clock: (shop: Shop) => Promise<number | null>;
}

/** How long a caller waits for the owner's word; it takes some tens of milliseconds. */
const patienceMs = 3_000;
const lookMs = 20;

/** Commands of people: they are said on the topic, and the owner decides. Nothing here writes an alert's state. */
export class AlertCommands {
  #producer: Promise<EventProducer> | undefined;

  constructor(private readonly parts: CommandParts) {}

  /**
   * Says a command and waits for what comes of it.
   * @throws {AlertsError} `alert-unknown`, and what the owner refused it with: `already-acknowledged`, `already-acted`, `alert-over`,
   *   `snooze-past`, `snooze-too-long`
   */
  async say(shop: Shop, alertId: string, order: AlertOrder, by: string): Promise<AlertOrderAnswer> {
    const alert = await this.parts.queries.find(shop, alertId);
    // A shop whose time stands still between two ticks: two commands may be of one instant, their offsets tell which was first.
    const at = new Date((await this.parts.clock(shop)) ?? Date.now()).toISOString();
    const commandId = randomUUID();
    const data: AlertCommand = { alertId, customerId: alert.customerId, by, ...order };
    const envelope = { specversion: '1.0', id: commandId, source: '/tideline/api', type: 'tideline.alert.commanded.v1', subject: alertId };
    const value = JSON.stringify({ ...envelope, time: at, recordedtime: at, data });
    const [range] = await (await this.producer()).send(topicOf(shop.shop, 'alerts.v1'), [{ key: alert.customerId, value }]);
    const deadline = performance.now() + patienceMs;
    while (range && performance.now() < deadline) {
      const found = await this.parts.reads.outcome(shop, range.partition, range.lastOffset, commandId);
      if (found?.kind === 'refused') throw new AlertsError(found.what as AlertsErrorCode, found.detail);
      if (found) return { commandId, outcome: 'done', alert: shownAlert(found.body) };
      await sleep(lookMs);
    }
    return { commandId, outcome: 'pending', alert };
  }

  async onModuleDestroy(): Promise<void> {
    await (await this.#producer?.catch(() => undefined))?.close();
  }

  private producer(): Promise<EventProducer> {
    this.#producer ??= this.parts.streaming.producer();
    this.#producer.catch(() => (this.#producer = undefined));
    return this.#producer;
  }
}
