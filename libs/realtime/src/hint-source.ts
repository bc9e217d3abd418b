import { topicOf } from '#contracts';
import type { RunningConsumer, Streaming } from '#streaming';
import { isSandbox, type ReadGate, type ShopDirectory } from '#warehouse';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

const retryMs = 2_000;
/** How often a sandbox is looked at, of which nobody hints. */
const sandboxMs = 1_000;

/** What a room is read after. */
type Moved = (shop: string, what: true | 'alerts') => void;

/**
 * Learns that figures of watched shops moved: from the gate, where this process moves them, else from the shop's `committed.v1`; and that
 * alerts did: from their owner, where it is in this process, else from `alerts.v1`.
 * A hint is only a hint: it is read from the topic's end, its content is not looked at, and a room that missed one reads again by
 * itself some seconds later. A sandbox has no hints: where another process moves it, it is looked at every second.
 */
export class HintSource {
  readonly #consumers = new Map<string, Promise<Pick<RunningConsumer, 'stop'> | undefined>>();
  readonly #stop = new AbortController();

  constructor(
    private readonly streaming: Streaming,
    private readonly gate: Pick<ReadGate, 'owns' | 'onMoved'>,
    private readonly shops: ShopDirectory,
    private readonly moved: Moved,
    private readonly log: { warn(fields: object, message: string): void },
  ) {
    gate.onMoved((shop) => moved(shop, true));
  }

  /** From now on; again does nothing. */
  watch(shop: string): void {
    if (this.#stop.signal.aborted || this.#consumers.has(shop) || this.gate.owns(shop)) return;
    this.#consumers.set(shop, this.start(shop));
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await Promise.all([...this.#consumers.values()].map(async (starting) => (await starting)?.stop()));
    this.#consumers.clear();
  }

  private async start(shop: string): Promise<Pick<RunningConsumer, 'stop'> | undefined> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      try {
        const known = await this.shops.find(shop);
        if (known && isSandbox(known)) return this.look(shop);
        return await this.streaming.consume({
          // A group of this process alone: every process hears every hint.
          groupId: `tideline.${shop}.live.${randomUUID()}`,
          topics: [topicOf(shop, 'committed.v1'), topicOf(shop, 'alerts.v1')],
          startAt: (_topic, _partition, bounds) => Promise.resolve(bounds.end),
          onBatch: ({ topic }) => {
            if (topic === topicOf(shop, 'alerts.v1')) this.moved(shop, 'alerts');
            // The gate said so before.
            else if (!this.gate.owns(shop)) this.moved(shop, true);
            return Promise.resolve();
          },
          // What moved before this was in place, or while the broker was away, is caught up at once.
          onState: (state, error) => {
            if (state === 'running') {
              this.moved(shop, true);
              this.moved(shop, 'alerts');
            }
            if (error !== undefined) this.log.warn({ shop, state, err: error }, 'hints of moved figures');
          },
        });
      } catch (error) {
        this.log.warn({ shop, error: String(error) }, 'hints of moved figures cannot be read, it is tried again');
        await sleep(retryMs, undefined, { signal }).catch(() => undefined);
      }
    }
    return undefined;
  }

  private look(shop: string): Pick<RunningConsumer, 'stop'> {
    const look = (): void => {
      if (this.gate.owns(shop)) return;
      this.moved(shop, true);
      this.moved(shop, 'alerts');
    };
    const timer = setInterval(look, sandboxMs);
    return {
      stop: () => {
        clearInterval(timer);
        return Promise.resolve();
      },
    };
  }
}
