import type { DeliveryRepository, Shop, StandingDelivery } from '#warehouse';
import { setTimeout as sleep } from 'node:timers/promises';

const firstMs = 1_000;
const longestMs = 30_000;
/** So many outcomes may wait for one insert; a store that takes longer than they need is too slow for what is sent. */
const mostWaiting = 100;

interface Waiting {
  readonly rows: readonly StandingDelivery[];
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

/** Writes what came of attempts: those that end while one insert is under way go into the next one together. */
export class Recorder {
  #queue: Waiting[] = [];
  #isWorking = false;
  #failures = 0;

  constructor(
    private readonly shop: Shop,
    private readonly outbox: Pick<DeliveryRepository, 'append'>,
    private readonly failed: (error: unknown) => void,
    private readonly signal: AbortSignal,
    private readonly pause: (ms: number) => Promise<unknown> = (ms) => sleep(ms, undefined, { signal }).catch(() => undefined),
  ) {}

  /** Whether outcomes pile up: whatever is sent now would be sent again after a kill, so nothing more should be begun. */
  get isBehind(): boolean {
    return this.#failures > 0 || this.#queue.length >= mostWaiting;
  }

  /**
   * Resolves once the rows are durable. While the store is away it is tried again, later each time: a delivery whose end is not written down
   * would be sent again. @throws when the process ends before
   */
  write(rows: readonly StandingDelivery[]): Promise<void> {
    return new Promise((done, failed) => {
      this.#queue.push({ rows, done, failed });
      if (!this.#isWorking) void this.work();
    });
  }

  private async work(): Promise<void> {
    this.#isWorking = true;
    while (this.#queue.length > 0) {
      const together = this.#queue.splice(0);
      try {
        await this.outbox.append(
          this.shop,
          together.flatMap(({ rows }) => rows.map((row) => ({ ...row, body: '' }))),
        );
        this.#failures = 0;
        for (const { done } of together) done();
      } catch (error) {
        this.failed(error);
        if (this.signal.aborted) for (const { failed } of together) failed(error);
        else {
          this.#queue.unshift(...together);
          this.#failures += 1;
          await this.pause(Math.min(longestMs, firstMs * 2 ** Math.min(this.#failures - 1, 10)));
        }
      }
    }
    this.#isWorking = false;
  }
}
