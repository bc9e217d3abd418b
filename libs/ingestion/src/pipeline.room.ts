import { AlarmBook } from '#alarms';
import { CLICKHOUSE, type ClickHouse } from '#clickhouse';
import { LiveRoom, Roles, type RoomAnswer, type RoomReader } from '#http';
import { findShop, isSandbox, LiveReads, READ_GATE, SHOP_DIRECTORY, type ReadGate, type ShopDirectory, type Shop } from '#warehouse';
import { Inject } from '@nestjs/common';
import { PIPELINES, type Pipelines } from './pipelines.js';
import { Waiting } from './waiting.js';

/** The strip under the tiles. It is about the machine, so it is read by real time and not whenever a figure moves. */
@LiveRoom({ name: 'pipeline', everyMs: 1_000, onMove: false })
@Roles('viewer')
export class PipelineRoom implements RoomReader<'pipeline'> {
  readonly #reads: LiveReads;
  readonly #waiting = new Map<string, Waiting>();

  constructor(
    @Inject(SHOP_DIRECTORY) private readonly shops: ShopDirectory,
    @Inject(PIPELINES) private readonly pipelines: Pipelines,
    @Inject(AlarmBook) private readonly alarms: AlarmBook,
    @Inject(READ_GATE) private readonly gate: ReadGate,
    @Inject(CLICKHOUSE) clickhouse: ClickHouse,
  ) {
    this.#reads = new LiveReads(clickhouse);
  }

  async read(name: string): Promise<RoomAnswer<'pipeline'>> {
    const shop = await findShop(this.shops, name);
    const pipeline = this.pipelines.pipeline(name);
    const {
      value: [status, speed],
      stamp,
    } = await this.gate.read(shop, (now) => Promise.all([pipeline?.status(now, 'live'), this.speed(shop)]), 'live');
    const lag = (status?.partitions ?? []).reduce((sum, { lag: each }) => sum + Math.max(0, Number(each ?? 0)), 0);
    return {
      data: {
        state: status?.state ?? 'preparing',
        // What a replay is still to bring does not wait: it is not due.
        waitingMs: isSandbox(shop) ? 0 : this.waiting(name).look(performance.now(), status?.partitions ?? []),
        lag,
        deadLetters: (status?.deadLetters ?? []).reduce((sum, { messages }) => sum + messages, 0),
        audit: status?.audit ? { at: status.audit.at, ok: status.audit.ok } : null,
        // A replay that is through leaves its clock standing.
        clock: { mode: shop.clockMode, now: stamp.clock, speed: isSandbox(shop) && lag === 0 ? null : speed },
        alarms: await this.alarms.shown([shop]),
      },
      stamp: { asOf: stamp.clock, generation: stamp.generation, watermark: { ...stamp.watermark }, partial: stamp.partial },
    };
  }

  private waiting(shop: string): Waiting {
    const known = this.#waiting.get(shop) ?? new Waiting();
    this.#waiting.set(shop, known);
    return known;
  }

  private speed(shop: Shop): Promise<number | null> {
    if (shop.clockMode === 'source') return this.#reads.speed(shop);
    return Promise.resolve(shop.clockMode === 'wall' ? 1 : null);
  }
}
