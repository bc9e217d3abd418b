import { CLICKHOUSE, type ClickHouse } from '#clickhouse';
import { ScoreReads } from '#warehouse';
import { Module } from '@nestjs/common';
import { ScoresController } from './scores.controller.js';

/** Scores over REST, whoever makes them. Needs the warehouse module. */
@Module({
  controllers: [ScoresController],
  providers: [{ provide: ScoreReads, inject: [CLICKHOUSE], useFactory: (clickhouse: ClickHouse) => new ScoreReads(clickhouse) }],
})
export class ScoresModule {}
