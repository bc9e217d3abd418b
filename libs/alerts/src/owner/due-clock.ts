import type { EventProducer } from '#streaming';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Alert } from '../fold/alert.js';
import { dueEvent } from './due-event.js';

/** What is due is said again when nothing came of it for so long. */
const againMs = 5_000;

export interface DueClockParts {
  readonly shop: string;
  readonly topic: string;
  readonly producer: Pick<EventProducer, 'send'>;
  /** The shop's time, Unix milliseconds; null while it has none. */
  readonly clock: () => Promise<number | null>;
  /** Up to which instant no score is still to come: a recovery before an expiry has to be folded before it. Unix milliseconds. */
  readonly scoredUntil: () => Promise<number>;
  /** How often it is looked at, in real milliseconds. */
  readonly everyMs: number;
  /** Earliest computed instant that waits; Infinity where none does. */
  readonly earliest: () => number;
  readonly alerts: () => Iterable<Alert>;
  readonly failed: (error: unknown) => void;
}

/** Says on the topic what has come due by the shop's clock; the fold does the rest. Said twice it changes nothing. */
export class DueClock {
  readonly #said = new Map<string, number>();
  readonly #stop = new AbortController();
  #ticking: Promise<void> = Promise.resolve();

  constructor(private readonly parts: DueClockParts) {}

  start(): void {
    this.#ticking = this.tick();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#ticking;
  }

  private async tick(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      await sleep(this.parts.everyMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted || this.parts.earliest() === Infinity) continue;
      try {
        const now = await this.parts.clock();
        if (now === null || this.parts.earliest() > now) continue;
        const until = Math.min(now, await this.parts.scoredUntil());
        if (this.parts.earliest() <= until) await this.say(until);
      } catch (error) {
        this.parts.failed(error);
      }
    }
  }

  private async say(clock: number): Promise<void> {
    const { shop, topic, producer, alerts } = this.parts;
    const now = performance.now();
    for (const [id, at] of this.#said) if (now - at > againMs) this.#said.delete(id);
    const due = [...alerts()].flatMap((alert) => dueEvent(shop, alert, clock) ?? []).filter(({ id }) => !this.#said.has(id));
    if (due.length === 0) return;
    await producer.send(
      topic,
      due.map(({ key, value }) => ({ key, value })),
    );
    for (const { id } of due) this.#said.set(id, now);
  }
}
