import { textOf, type KeptMessage, type Shop } from '#warehouse';
import type { Alarms } from '#alarms';
import { IngestionError } from '../ingestion.errors.js';
import type { PlacedMessage } from './ledger-rows.js';
import { payloadOf } from './raw-message.js';

/** What to do when the broker does not hold what the ledger took from it: the topic was made anew, or the broker lost its tail. */
export type TruncationPolicy = 'new-epoch' | 'halt';

/**
 * Whether the partitions of one shop are still those that its ledger was filled from. Kafka's clients do not tell a topic's id, and an
 * end beyond the ledger's says nothing: so the last message that the ledger took is compared with what the broker holds at its offset.
 */
export class KnownTopics {
  /** Partitions whose topic turned out to be another one, and how. */
  readonly #others = new Map<string, string>();
  /** Partitions that somebody lets go on all the same. */
  readonly #accepted = new Set<string>();

  constructor(
    private readonly shop: Shop,
    private readonly alarms: Alarms,
    private readonly policy: TruncationPolicy,
  ) {}

  /** How the topic differs, as far as it was compared; undefined when it does not. @param place `transactions.v1/0` */
  otherwise(place: string): string | undefined {
    return this.#others.get(place);
  }

  /** Whether a partition may go on from the broker's start, in a new epoch. */
  mayGoOn(place: string): boolean {
    return this.policy === 'new-epoch' || this.#accepted.has(place);
  }

  accept(place: string): void {
    this.#accepted.add(place);
  }

  /**
   * @param last the last message that the ledger has of the partition
   * @param first what the broker gives first, asked from its offset on
   * @throws {IngestionError} `ledger-ahead` when they are not the same message: another one, or the same one of another moment
   */
  compare(place: string, last: KeptMessage, first: PlacedMessage): void {
    if (first.offset === last.offset && textOf(first.timestamp) === last.producedAt && payloadOf(first.value) === last.payload) {
      this.isKnown(place);
      return;
    }
    const what = `holds another message at offset ${last.offset} than the ledger took from there`;
    this.#others.set(place, what);
    // Where it may go on it is asked where right away.
    throw this.mayGoOn(place) ? new IngestionError('ledger-ahead', `${this.shop.shop}.${place} ${what}.`) : this.halted(place, what);
  }

  /** Raises the alarm of a partition that does not go on. @returns what to throw */
  halted(place: string, what: string): IngestionError {
    const message = `${this.said(place, what)} Check the cluster; to go on from the broker's start run: npm run -s cli -- accept --shop ${this.shop.shop} ${place}`;
    this.alarms.raise('ledger-ahead', this.shop.shop, place, message);
    return new IngestionError('ledger-ahead', message);
  }

  /** The partition goes on from the broker's start. */
  begins(place: string, epoch: number, what: string): void {
    this.isKnown(place);
    const message = `${this.said(place, what)} A new epoch (${epoch}) was opened; nothing the ledger holds is lost.`;
    this.alarms.raise('new-epoch', this.shop.shop, place, message);
  }

  private isKnown(place: string): void {
    this.#others.delete(place);
    this.#accepted.delete(place);
    this.alarms.clear('ledger-ahead', this.shop.shop, place);
  }

  private said(place: string, what: string): string {
    return `The broker's ${this.shop.shop}.${place} ${what}: the topic was made anew or the broker lost its last messages.`;
  }
}
