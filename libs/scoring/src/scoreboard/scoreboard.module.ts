import { CLICKHOUSE, type ClickHouse } from '#clickhouse';
import { MarkOutcomeReads, MarkRepository, ModelRepository, READ_GATE, WatermarkRepository, type ReadGate } from '#warehouse';
import { Module } from '@nestjs/common';
import { ModelsModule } from '../registry/index.js';
import { ScoreboardController } from './scoreboard.controller.js';
import { ScoreboardService } from './scoreboard.service.js';

/** Predicted against happened over REST, whoever marks the customers. Needs the warehouse module. */
@Module({
  imports: [ModelsModule],
  controllers: [ScoreboardController],
  providers: [
    {
      provide: ScoreboardService,
      inject: [CLICKHOUSE, READ_GATE, ModelRepository],
      useFactory: (clickhouse: ClickHouse, gate: ReadGate, models: ModelRepository) =>
        new ScoreboardService({
          ...{ gate, models, marks: new MarkRepository(clickhouse), outcomes: new MarkOutcomeReads(clickhouse) },
          watermarks: new WatermarkRepository(clickhouse),
        }),
    },
  ],
})
export class ScoreboardModule {}
