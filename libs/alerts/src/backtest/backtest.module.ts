import { CLICKHOUSE, onLane, type ClickHouse } from '#clickhouse';
import { AlertBacktestReads, AlertCustomerReads, AlertRuleRepository, READ_GATE, WatermarkRepository, type ReadGate } from '#warehouse';
import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { clockBy } from '../clock-by.js';
import { RulesService } from '../rules/rules.service.js';
import { BacktestController } from './backtest.controller.js';
import { BacktestService } from './backtest.service.js';
import { PAST_SCORES, type PastScores } from './past-scores.js';

/** Rules tried on what is over, over REST. Who knows past scores is for the app to say: alerts and scoring do not know each other. */
@Module({})
export class BacktestModule {
  /** @param from a module that provides `pastScores` */
  static forRoot(from: Type | DynamicModule, pastScores: Type<PastScores>): DynamicModule {
    return {
      module: BacktestModule,
      imports: [from],
      controllers: [BacktestController],
      providers: [
        { provide: PAST_SCORES, useExisting: pastScores },
        {
          provide: BacktestService,
          inject: [CLICKHOUSE, READ_GATE, PAST_SCORES],
          useFactory: (clickhouse: ClickHouse, gate: ReadGate, past: PastScores) => {
            // It may take long, and stands in nobody's way there.
            const background = onLane(clickhouse, 'background');
            return new BacktestService({
              ...{ past, gate, watermarks: new WatermarkRepository(clickhouse) },
              rules: new RulesService(new AlertRuleRepository(clickhouse), clockBy(gate)),
              customers: new AlertCustomerReads(background),
              reads: new AlertBacktestReads(background),
            });
          },
        },
      ],
      exports: [BacktestService],
    };
  }
}
