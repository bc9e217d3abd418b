import { topicOf, topics, type PipelineAnswer } from '#contracts';
import { StreamingError, type ConsumerState, type PartitionBounds, type Streaming } from '#streaming';
import {
  isSandbox,
  ledgerTopics,
  type LedgerRepository,
  type Shop,
  type ShopDirectory,
  type Stamp,
  type WatermarkRepository,
} from '#warehouse';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SandboxIntake } from '../intake.js';
import type { PipelineView, Pipelines } from '../pipelines.js';
import { promptBounds } from '../prompt-bounds.js';

/** How often the registry and each shop are looked at. */
const lookMs = 1_000;

/** The pipelines as a process sees them that runs none: by the watermark in the store and the ends of the topics. */
export class StoredPipelines implements Pipelines {
  readonly #views = new Map<string, StoredPipeline>();
  readonly #stop = new AbortController();
  #watching: Promise<void> = Promise.resolve();

  constructor(
    private readonly directory: ShopDirectory,
    private readonly watermarks: WatermarkRepository,
    private readonly ledger: LedgerRepository,
    private readonly streaming: Streaming,
    private readonly log: { warn(fields: object, message: string): void },
    private readonly sandboxes?: Pick<SandboxIntake, 'bounds'>,
  ) {}

  get pipelines(): readonly PipelineView[] {
    return [...this.#views.values()];
  }

  pipeline(shop: string): PipelineView | undefined {
    return this.#views.get(shop);
  }

  /** Looks once, then keeps looking. */
  async start(): Promise<void> {
    await this.look();
    this.#watching = this.watch();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#watching;
  }

  private async watch(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      await sleep(lookMs, undefined, { signal: this.#stop.signal }).catch(() => undefined);
      if (!this.#stop.signal.aborted) await this.look();
    }
  }

  private async look(): Promise<void> {
    try {
      const shops = await this.directory.list();
      for (const [name, { shop }] of this.#views) {
        if (!shops.some(({ database }) => database === shop.database)) this.#views.delete(name);
      }
      for (const shop of shops) {
        const bounds = () =>
          isSandbox(shop) ? (this.sandboxes?.bounds(shop) ?? Promise.resolve([])) : this.streaming.bounds(topicsOf(shop));
        if (!this.#views.has(shop.shop)) this.#views.set(shop.shop, new StoredPipeline(shop, this.ledger, bounds));
      }
    } catch (error) {
      this.log.warn({ error: String(error) }, 'the registry of shops could not be read, it is tried again');
    }
    await Promise.all([...this.#views.values()].map((view) => view.look(this.watermarks)));
  }
}

class StoredPipeline implements PipelineView {
  #state: ConsumerState = 'starting';
  #readable = false;

  constructor(
    readonly shop: Shop,
    private readonly ledger: LedgerRepository,
    private readonly bounds: () => Promise<PartitionBounds[]>,
  ) {}

  get ready(): boolean {
    return this.#readable && this.#state === 'running';
  }

  get state(): ConsumerState {
    return this.#state;
  }

  async look(watermarks: WatermarkRepository): Promise<void> {
    this.#state = await this.bounds().then(
      () => 'running' as const,
      (error: unknown) => (error instanceof StreamingError && error.code === 'topic-missing' ? 'starting' : 'broker-away'),
    );
    this.#readable = await watermarks.read(this.shop).then(
      () => true,
      () => false,
    );
  }

  /** The stamp carries the positions. What only the ingestor knows (audit, alarms, views) its own API tells. */
  async status(stamp: Stamp): Promise<PipelineAnswer['shops'][number]> {
    const bounds = await promptBounds(this.#state, this.bounds);
    return {
      shop: this.shop.shop,
      state: this.#state,
      asOf: stamp.clock,
      generation: stamp.generation,
      watermark: { ...stamp.watermark },
      partial: stamp.partial,
      viewsGeneration: '0',
      partitions: ledgerTopics.flatMap((topic) =>
        Array.from({ length: topics[topic].partitions }, (_, partition) => {
          const [epoch, next] = (stamp.watermark[`${topic}/${partition}`] ?? '0:0').split(':');
          const end = bounds.find((each) => each.topic === topicOf(this.shop.shop, topic) && each.partition === partition)?.end;
          return {
            topic,
            partition,
            epoch: Number(epoch),
            next: next ?? '0',
            brokerEnd: end?.toString() ?? null,
            lag: end === undefined ? null : (end - BigInt(next ?? '0')).toString(),
          };
        }),
      ),
      deadLetters: (await this.ledger.deadLetters(this.shop)).map((each) => ({ ...each, messages: Number(each.messages) })),
      audit: null,
    };
  }
}

function topicsOf(shop: Shop): string[] {
  return ledgerTopics.map((topic) => topicOf(shop.shop, topic));
}
