import { ALARM_TELLER } from '#alarms';
import { CLICKHOUSE, type ClickHouse } from '#clickhouse';
import type { SliceValues } from '#config';
import { HealthRegistry, LOGGER, Metrics, type Logger } from '#observability';
import { STREAMING, type Streaming } from '#streaming';
import { DeliveryChannelRepository, DeliveryRepository, READ_GATE, ShopRepository, type ReadGate, type Shop } from '#warehouse';
import { Module, type DynamicModule } from '@nestjs/common';
import { AlarmOutbox } from './alarms/alarm-outbox.js';
import { ChannelsController } from './channels/channels.controller.js';
import { ChannelsService } from './channels/channels.service.js';
import { deliveryConfig } from './delivery.config.js';
import { DeliveryMetrics } from './delivery.metrics.js';
import { DeliveriesController } from './read/deliveries.controller.js';
import { DeliveriesService } from './read/deliveries.service.js';
import { readSecrets } from './secrets/secrets.js';
import { DeliveryService } from './sender/delivery.service.js';
import type { DeliveryClaim } from './sender/shop-sender.js';

/** Channels and deliveries over REST, in whatever process; it needs no secret. */
@Module({
  controllers: [ChannelsController, DeliveriesController],
  providers: [
    {
      provide: ChannelsService,
      inject: [CLICKHOUSE],
      useFactory: (clickhouse: ClickHouse) => new ChannelsService(new DeliveryChannelRepository(clickhouse)),
    },
    {
      provide: DeliveriesService,
      inject: [CLICKHOUSE],
      useFactory: (clickhouse: ClickHouse) => new DeliveriesService(new DeliveryRepository(clickhouse)),
    },
  ],
})
export class DeliveryReadModule {}

/** The figures of both modules below: a process has them once. */
@Module({
  providers: [{ provide: DeliveryMetrics, inject: [Metrics], useFactory: (registry: Metrics) => new DeliveryMetrics(registry) }],
  exports: [DeliveryMetrics],
})
class DeliveryMetricsModule {}

/** For a process that holds the store's directory: nobody else can be there. */
const soleSender: DeliveryClaim = {
  acquire: () => Promise.resolve(),
  holds: () => Promise.resolve(true),
  release: () => Promise.resolve(),
};

/** Sends deliveries of every shop. Started and stopped by the app; needs the warehouse and streaming modules, and the slice `deliveryConfig`. */
@Module({})
export class DeliveryModule {
  /** @param options.claimOf the right to send a shop's deliveries, where several processes may want to */
  static forRoot(options: { claimOf?: ((streaming: Streaming, shop: Shop) => DeliveryClaim) | undefined } = {}): DynamicModule {
    return {
      module: DeliveryModule,
      imports: [DeliveryMetricsModule],
      providers: [
        {
          provide: DeliveryService,
          inject: [CLICKHOUSE, STREAMING, ShopRepository, READ_GATE, DeliveryMetrics, LOGGER, HealthRegistry, deliveryConfig.token],
          useFactory: (
            clickhouse: ClickHouse,
            streaming: Streaming,
            directory: ShopRepository,
            gate: ReadGate,
            metrics: DeliveryMetrics,
            logger: Logger,
            health: HealthRegistry,
            { TIDELINE_SECRETS, TIDELINE_MAIL_FROM }: SliceValues<typeof deliveryConfig.shape>,
          ) => {
            const secrets = readSecrets(TIDELINE_SECRETS);
            const service = new DeliveryService({
              ...{ directory, logger },
              partsOf: (shop) => ({
                ...{ secrets, metrics, logger, from: TIDELINE_MAIL_FROM },
                outbox: new DeliveryRepository(clickhouse),
                channels: new DeliveryChannelRepository(clickhouse),
                claim: options.claimOf?.(streaming, shop) ?? soleSender,
                clock: async (of) => {
                  const { stamp } = await gate.read(of, () => Promise.resolve(), 'live');
                  return stamp.clock === null ? null : Date.parse(stamp.clock);
                },
              }),
            });
            health.register('delivery', () => {
              const faults = [...service.failing].map(([shop, why]) => `${shop}: ${why}`);
              return { ready: faults.length === 0, detail: faults.join(', ') || `deliveries of ${service.shops} shops are sent` };
            });
            return service;
          },
        },
      ],
      exports: [DeliveryService],
    };
  }
}

/** Tells of alarms by way of the outbox: the teller of the alarms module. */
@Module({
  providers: [
    {
      provide: ALARM_TELLER,
      inject: [CLICKHOUSE, DeliveryMetrics],
      useFactory: (clickhouse: ClickHouse, metrics: DeliveryMetrics) =>
        new AlarmOutbox({ outbox: new DeliveryRepository(clickhouse), channels: new DeliveryChannelRepository(clickhouse), metrics }),
    },
  ],
  imports: [DeliveryMetricsModule],
  exports: [ALARM_TELLER],
})
export class AlarmOutboxModule {}
