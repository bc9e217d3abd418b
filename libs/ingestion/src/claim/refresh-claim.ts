import { domainTopicConfig, type EventProducer, type RunningConsumer, type Streaming } from '#streaming';

/** Whose turn it is to do one shop's work. */
export interface RefreshClaim {
  /** Resolves with the turn's epoch once this process has it; waits while another one does. */
  acquire(): Promise<bigint>;
  /** Gives it back: the next in line need not wait for a timeout. */
  release(): Promise<void>;
}

/** For a process that holds the store's directory: nobody else can be there. */
export const soleRefresher: RefreshClaim = {
  acquire: () => Promise.resolve(0n),
  release: () => Promise.resolve(),
};

/** What is done by one process at a time: refreshing a shop's figures, scoring its customers, sending its deliveries. */
export type ClaimedWork = 'refresher' | 'scorer' | 'sender';

const controlTopics: Readonly<Record<ClaimedWork, string>> = {
  refresher: 'control.v1',
  scorer: 'scorer-control.v1',
  sender: 'sender-control.v1',
};

export function controlTopicOf(shop: string, work: ClaimedWork = 'refresher'): string {
  return `${shop}.${controlTopics[work]}`;
}

/**
 * A claim by the log of a topic with one partition. Whoever the consumer group gives the partition appends a claim record: its
 * offset is the epoch, and the newest record decides. Kafka's membership says who may try, the log says whose turn it is. What one
 * writes whose turn is over is refused by the store (`ClaimRepository`): it asks here again, finds a newer record behind its own,
 * whatever it believed, and waits.
 */
export class TopicRefreshClaim implements RefreshClaim {
  #consumer: RunningConsumer | undefined;
  #producer: EventProducer | undefined;
  #joining: Promise<void> | undefined;
  #epoch: bigint | undefined;
  #waiting: ((epoch: bigint) => void)[] = [];

  constructor(
    private readonly shop: string,
    private readonly streaming: Streaming,
    /** Named in the record, so that an operator sees who refreshes. */
    private readonly claimedBy: string,
    private readonly work: ClaimedWork = 'refresher',
  ) {}

  async acquire(): Promise<bigint> {
    this.#joining ??= this.join();
    try {
      await this.#joining;
    } catch (error) {
      // Another process may just be making the topic: the next call tries again.
      this.#joining = undefined;
      throw error;
    }
    // Again, for one that was granted while an earlier one was asked about.
    for (let epoch = this.#epoch; epoch !== undefined; epoch = this.#epoch) if (await this.holds()) return epoch;
    return new Promise((granted) => this.#waiting.push(granted));
  }

  /** Whether it is still this process's turn. */
  async holds(): Promise<boolean> {
    const epoch = this.#epoch;
    if (epoch === undefined) return false;
    const [bound] = await this.streaming.bounds([controlTopicOf(this.shop, this.work)]);
    // Nothing but claims is on the topic: the last record is the newest claim.
    if (bound?.end === epoch + 1n) return true;
    if (this.#epoch === epoch) this.#epoch = undefined;
    return false;
  }

  async release(): Promise<void> {
    this.#epoch = undefined;
    await this.#joining?.catch(() => undefined);
    await this.#consumer?.stop();
    await this.#producer?.close();
  }

  private async join(): Promise<void> {
    const topic = controlTopicOf(this.shop, this.work);
    await this.streaming.ensureTopics([{ topic, partitions: 1, config: domainTopicConfig }]);
    this.#producer ??= await this.streaming.producer();
    this.#consumer = await this.streaming.consume({
      groupId: `tideline.${this.shop}.${this.work}`,
      topics: [topic],
      // Called when the group gives the partition to this process, and again after each rebalance that leaves it here.
      startAt: async (_topic, _partition, bounds) => {
        if (this.#epoch === undefined || bounds.end !== this.#epoch + 1n) await this.claim(topic);
        return bounds.end;
      },
      onBatch: () => Promise.resolve(),
      onState: () => undefined,
    });
  }

  private async claim(topic: string): Promise<void> {
    const value = JSON.stringify({ claimedBy: this.claimedBy, at: new Date().toISOString() });
    const [range] = (await this.#producer?.send(topic, [{ key: null, value }])) ?? [];
    if (!range) return;
    this.#epoch = range.lastOffset;
    for (const granted of this.#waiting.splice(0)) granted(range.lastOffset);
  }
}
