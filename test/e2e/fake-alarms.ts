import { AlarmBook, AlarmKeeper, Alarms, AlarmsService, standsMs, type Alarm } from '#alarms';
import type { AlarmItem } from '#contracts';
import type { AlarmRow, Shop } from '#warehouse';

/** Alarms of a shop as the server keeps them, but for the store: rows in memory. */
export class FakeAlarms {
  readonly service: AlarmsService;
  readonly shop: Shop;
  private readonly rows = new Map<string, AlarmRow>();
  private readonly alarms = new Alarms();
  private readonly book: AlarmBook;
  private readonly keeper: AlarmKeeper;

  constructor(shop: string) {
    this.shop = { shop, database: `shop_${shop}`, timeZone: 'UTC', currency: 'GBP', fiscalYearStart: 1, clockMode: 'data' };
    const all = (): AlarmRow[] => [...this.rows.values()];
    const log = {
      shared: false,
      append: (rows: readonly AlarmRow[]) => {
        for (const row of rows) this.rows.set(`${row.alarmId} ${row.entry}`, row);
        return Promise.resolve();
      },
      live: () => {
        const over = new Set(all().flatMap(({ what, alarmId }) => (what === 'over' ? [alarmId] : [])));
        return Promise.resolve(all().filter(({ alarmId }) => !over.has(alarmId)));
      },
      of: (_database: string, alarmId: string) => Promise.resolve(all().filter((row) => row.alarmId === alarmId)),
      ended: () => Promise.resolve(all()),
    };
    const teller = { tell: () => Promise.resolve() };
    this.book = new AlarmBook(log, this.alarms, 'https://wiki.example.org/operations');
    this.keeper = new AlarmKeeper({
      ...{ alarms: this.alarms, book: this.book, teller, process: 'stage' },
      ...{ shops: { list: () => Promise.resolve([this.shop]) }, logger: { warn: () => undefined } },
    });
    this.service = new AlarmsService({ book: this.book, log, teller, look: (now) => this.keeper.look(now) });
  }

  /** One that has stood for long enough to be kept. */
  async raise(code: Alarm['code'], subject: string, message: string): Promise<void> {
    this.alarms.raise(code, this.shop.shop, subject, message);
    await this.keeper.look(Date.now() + standsMs + 1_000);
  }

  shown(): Promise<AlarmItem[]> {
    return this.book.shown([this.shop]);
  }
}
