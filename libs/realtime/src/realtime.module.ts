import { RoomSignals } from '#http';
import { LOGGER, Metrics, type Logger } from '#observability';
import { STREAMING, type Streaming } from '#streaming';
import { READ_GATE, SHOP_DIRECTORY, type ReadGate, type ShopDirectory } from '#warehouse';
import { Module } from '@nestjs/common';
import { HintSource } from './hint-source.js';
import { LiveGateway } from './live.gateway.js';
import { LiveHub } from './live-hub.js';
import { RealtimeMetrics } from './realtime.metrics.js';
import { RoomCatalog } from './room-catalog.js';
import { RoomsController } from './rooms.controller.js';

/** Serves the live rooms that other modules of the process declare. The app sets a `LiveAdapter` before it listens. */
@Module({
  controllers: [RoomsController],
  providers: [
    RoomCatalog,
    LiveGateway,
    {
      provide: LiveHub,
      inject: [RoomCatalog, Metrics, STREAMING, READ_GATE, SHOP_DIRECTORY, LOGGER, RoomSignals],
      useFactory: (
        catalog: RoomCatalog,
        metrics: Metrics,
        streaming: Streaming,
        gate: ReadGate,
        shops: ShopDirectory,
        log: Logger,
        signals: RoomSignals,
      ) => {
        const hints = new HintSource(streaming, gate, shops, (shop, what) => hub.moved(shop, what), log);
        const hub: LiveHub = new LiveHub({ catalog, metrics: new RealtimeMetrics(metrics), hints, log });
        signals.onMoved((shop, what) => hub.moved(shop, what));
        return hub;
      },
    },
  ],
  exports: [LiveHub],
})
export class RealtimeModule {}
