import { CLICKHOUSE, onLane, type ClickHouse } from '#clickhouse';
import { ModelRepository, PastMomentReads } from '#warehouse';
import { Module } from '@nestjs/common';
import { PastScores } from './past-scores.js';

/** What the active model would have said. Needs the warehouse module. */
@Module({
  providers: [
    {
      provide: PastScores,
      inject: [CLICKHOUSE],
      useFactory: (clickhouse: ClickHouse) =>
        new PastScores({ models: new ModelRepository(clickhouse), moments: new PastMomentReads(onLane(clickhouse, 'background')) }),
    },
  ],
  exports: [PastScores],
})
export class PastScoresModule {}
