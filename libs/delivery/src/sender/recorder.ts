import type { DeliveryRepository, Shop, StandingDelivery } from '#warehouse';
import { setTimeout as sleep } from 'node:timers/promises';

const retryMs = 1_000;

interface Waiting {
  readonly rows: readonly StandingDelivery[];
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

/** Writes what came of attempts: those that end while one insert is under way go into the next one together. */
export class Recorder {
  #queue: Waiting[] = [];
  #isWorking = false;

  constructor(
    private readonly shop: Shop,
    private readonly outbox: Pick<DeliveryRepository, 'append'>,
    private readonly failed: (error: unknown) => void,
    private readonly signal: AbortSignal,
  ) {}

  /**
   * Resolves once the rows are durable. While the store is away it is tried again: a delivery whose end is not written down would be sent
   * again. @throws when the process ends before
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
        for (const { done } of together) done();
      } catch (error) {
        this.failed(error);
        if (this.signal.aborted) for (const { failed } of together) failed(error);
        else {
          this.#queue.unshift(...together);
          await sleep(retryMs, undefined, { signal: this.signal }).catch(() => undefined);
        }
      }
    }
    this.#isWorking = false;
  }
}
