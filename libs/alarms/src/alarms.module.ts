import { CLICKHOUSE, type ClickHouse } from '#clickhouse';
import type { SliceValues } from '#config';
import { LOGGER, type Logger } from '#observability';
import { AlarmLogRepository, SHOP_DIRECTORY, type ShopDirectory } from '#warehouse';
import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { AlarmBook } from './alarm-book.js';
import { AlarmKeeper } from './alarm-keeper.js';
import { ALARM_TELLER, type AlarmTeller } from './alarm-teller.js';
import { alarmsConfig } from './alarms.config.js';
import { AlarmsController } from './alarms.controller.js';
import { Alarms } from './alarms.js';
import { AlarmsService } from './alarms.service.js';

/** Alarms of this process, and of every process as the store knows them. Needs the warehouse module and the slice `alarmsConfig`. */
@Module({})
export class AlarmsModule {
  /**
   * @param options.process name of this process, for engineers
   * @param options.teller exports the `AlarmTeller` under `ALARM_TELLER`
   */
  static forRoot(options: { readonly process: string; readonly teller: Type | DynamicModule }): DynamicModule {
    return {
      module: AlarmsModule,
      global: true,
      imports: [options.teller],
      providers: [
        Alarms,
        { provide: AlarmLogRepository, inject: [CLICKHOUSE], useFactory: (clickhouse: ClickHouse) => new AlarmLogRepository(clickhouse) },
        {
          provide: AlarmBook,
          inject: [AlarmLogRepository, Alarms, alarmsConfig.token],
          useFactory: (log: AlarmLogRepository, alarms: Alarms, { TIDELINE_RUNBOOK }: SliceValues<typeof alarmsConfig.shape>) =>
            new AlarmBook(log, alarms, TIDELINE_RUNBOOK),
        },
        {
          provide: AlarmKeeper,
          inject: [Alarms, AlarmBook, SHOP_DIRECTORY, ALARM_TELLER, LOGGER],
          useFactory: (alarms: Alarms, book: AlarmBook, shops: ShopDirectory, teller: AlarmTeller, logger: Logger) =>
            new AlarmKeeper({ alarms, book, shops, teller, process: options.process, logger }),
        },
        {
          provide: AlarmsService,
          inject: [AlarmBook, AlarmLogRepository, ALARM_TELLER, AlarmKeeper],
          useFactory: (book: AlarmBook, log: AlarmLogRepository, teller: AlarmTeller, keeper: AlarmKeeper) =>
            new AlarmsService({ book, log, teller, look: (now) => keeper.look(now) }),
        },
      ],
      exports: [Alarms, AlarmBook, AlarmKeeper, AlarmsService],
    };
  }
}

/** Alarms over REST. */
@Module({ controllers: [AlarmsController] })
export class AlarmsReadModule {}
