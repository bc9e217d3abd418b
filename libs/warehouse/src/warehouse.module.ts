import { CLICKHOUSE, type ClickHouse } from '#clickhouse';
import { Module, type DynamicModule } from '@nestjs/common';
import { LedgerRepository } from './ledger/ledger.repository.js';
import { READ_GATE, ShopGate } from './read-gate.js';
import { SHOP_DIRECTORY, ShopRepository } from './shop.repository.js';
import { WatermarkRepository } from './watermark.repository.js';

/** The warehouse over an engine that is already open. */
@Module({})
export class WarehouseModule {
  static forRoot(clickhouse: ClickHouse): DynamicModule {
    const watermarks = new WatermarkRepository(clickhouse);
    const shops = new ShopRepository(clickhouse);
    const gate = new ShopGate(watermarks);
    const providers = [
      { provide: CLICKHOUSE, useValue: clickhouse },
      { provide: ShopRepository, useValue: shops },
      { provide: SHOP_DIRECTORY, useValue: shops },
      { provide: ShopGate, useValue: gate },
      { provide: READ_GATE, useValue: gate },
      { provide: WatermarkRepository, useValue: watermarks },
      { provide: LedgerRepository, useValue: new LedgerRepository(clickhouse) },
    ];
    return { module: WarehouseModule, global: true, providers, exports: providers.map(({ provide }) => provide) };
  }
}
