import { topicOf } from '#contracts';
import type { LedgerTopic } from '#warehouse';
import type { Alarms } from '#alarms';
import type { WrittenBatch } from './ledger/ledger-writer.js';
import { Waiting, type PartitionPlace } from './waiting.js';

/** Alarms of what a shop's topics brought and its figures lack: messages that wait for too long, and such as cannot be used. */
export class IntakeAlarms {
  #waiting = new Waiting();
  /** What could not be used since somebody looked, by reason. */
  readonly #unusable = new Map<LedgerTopic, Map<string, number>>();

  /** @param lagMs for how long a message may wait */
  constructor(
    private readonly shop: string,
    private readonly alarms: Pick<Alarms, 'raise' | 'clear' | 'list'>,
    private readonly lagMs: number,
  ) {}

  /**
   * How far the figures are, to be told several times within `lagMs`.
   * @param at milliseconds of a clock that never goes back
   */
  reached(at: number, places: readonly PartitionPlace[]): void {
    const waited = this.#waiting.look(at, places);
    if (waited < this.lagMs) return this.alarms.clear('lag', this.shop, 'topics');
    const behind = places.flatMap(({ topic, partition, next, brokerEnd }) => {
      const messages = brokerEnd === null ? 0n : BigInt(brokerEnd) - BigInt(next);
      return messages > 0n ? [`${topic}/${partition} ${messages}`] : [];
    });
    const where =
      behind.length > 0 ? `Messages that wait: ${behind.join(', ')}.` : 'How many wait is not known while Kafka does not answer.';
    const words = `Messages have been in Kafka for ${Math.round(waited / 1_000)} s and are in no figure of ${this.shop} yet. ${where}`;
    this.alarms.raise(
      'lag',
      this.shop,
      'topics',
      `${words} They come by themselves; an import or a history that is just being sent takes its time.`,
    );
  }

  /** Another process moves the figures, and looks. */
  elsewhere(): void {
    this.#waiting = new Waiting();
    this.alarms.clear('lag', this.shop, 'topics');
  }

  /** What the ledger has taken. */
  written({ head: { topic }, rejected }: WrittenBatch): void {
    if (rejected.size === 0) return;
    const stands = this.alarms.list(this.shop).some(({ code, subject }) => code === 'dead-letters' && subject === topic);
    const reasons = (stands ? this.#unusable.get(topic) : undefined) ?? new Map<string, number>();
    for (const [reason, messages] of rejected) reasons.set(reason, (reasons.get(reason) ?? 0) + messages);
    this.#unusable.set(topic, reasons);
    const counted = [...reasons].map(([reason, messages]) => `${reason} ${messages}`).join(', ');
    const words = `Messages of ${topicOf(this.shop, topic)} could not be used and are in no figure: ${counted}.`;
    this.alarms.raise(
      'dead-letters',
      this.shop,
      topic,
      `${words} They are kept in the ledger, each with its reason. Mend their source and send them again.`,
    );
  }
}
