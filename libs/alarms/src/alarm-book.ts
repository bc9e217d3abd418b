import type { AlarmItem } from '#contracts';
import { newCase, type Case } from '#life-cycle';
import type { AlarmLogRepository, AlarmRow, Shop } from '#warehouse';
import type { AlarmStep } from './alarm-teller.js';
import { isLasting, type Alarm, type Alarms } from './alarms.js';
import { foldAlarms, type AlarmHead, type KeptAlarm } from './kept-alarm.js';

/** How long what other processes wrote may go unseen. */
const freshMs = 1_000;

/** Alarms of every process that are not over: what the store says, and what this process has found since. */
export class AlarmBook {
  #rows: readonly AlarmRow[] = [];
  #readAt = 0;
  /** How often this process has written, and how often it had when it last read. */
  #written = 0;
  #known = -1;
  #reading: Promise<void> | undefined;

  constructor(
    private readonly log: Pick<AlarmLogRepository, 'shared' | 'append' | 'live'>,
    private readonly standing: Alarms,
    /** Where docs/operations.md can be read. */
    private readonly runbook: string,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Writes rows; whoever asks next knows of them. */
  async append(rows: readonly AlarmRow[]): Promise<void> {
    if (rows.length === 0) return;
    try {
      await this.log.append(rows);
    } finally {
      // An answer that was lost may have written them.
      this.#written += 1;
    }
  }

  /** Alarms that are not over, as stored. @throws what the store does */
  async live(): Promise<KeptAlarm[]> {
    await this.read();
    return foldAlarms(this.#rows, Date.now());
  }

  /**
   * What stands of some shops, as people see it, the newest first. While the store is away it is what was known, and what this process finds.
   */
  async shown(shops: readonly Pick<Shop, 'shop' | 'database'>[]): Promise<AlarmItem[]> {
    await this.read().catch(() => undefined);
    const databases = new Map(shops.map(({ shop, database }) => [shop, database]));
    const kept = foldAlarms(this.#rows, Date.now()).filter(({ shop, database }) => databases.get(shop) === database);
    const items = kept.map((alarm) => this.itemOf(alarm));
    const known = new Map(items.map((item) => [keyOf(item), item]));
    for (const alarm of this.standing.list()) {
      if (!databases.has(alarm.shop)) continue;
      const item = known.get(keyOf(alarm));
      // What this process sees itself is newer than what it last wrote.
      known.set(keyOf(alarm), item ? (item.lasting ? item : { ...item, message: alarm.message }) : this.itemOf(unkept(alarm)));
    }
    return [...known.values()].sort((a, b) => (a.since < b.since ? 1 : -1));
  }

  /** An alarm as people see it. @param alarm `alarmId` null: it is not in the store */
  itemOf(alarm: Case & AlarmHead & Pick<AlarmItem, 'alarmId' | 'times'>): AlarmItem {
    const { alarmId, shop, code, subject, message, times, state, assignee } = alarm;
    const iso = (at: number): string => new Date(at).toISOString();
    const said = <T extends { readonly at: number }>(what: T | null): (Omit<T, 'at'> & { at: string }) | null =>
      what && { ...what, at: iso(what.at) };
    return {
      ...{ alarmId, shop, code, subject, message, times, state, assignee },
      ...{
        since: iso(alarm.since),
        movedAt: iso(alarm.movedAt),
        snoozedUntil: alarm.snoozedUntil === null ? null : iso(alarm.snoozedUntil),
      },
      ...{ acknowledged: said(alarm.acknowledged), acted: said(alarm.acted), rated: said(alarm.rated) },
      ...{ runbook: this.runbookOf(code), lasting: isLasting(alarm) },
    };
  }

  /** What is told of an alarm. @param at Unix milliseconds, wall clock */
  stepOf(step: AlarmStep['step'], { code, subject, message, since }: Omit<AlarmHead, 'shop'>, at: number): AlarmStep {
    return { step, code, subject, message, since, at, runbook: this.runbookOf(code) };
  }

  /** Where an alarm of this code is explained. */
  private runbookOf(code: string): string {
    return `${this.runbook}#alarm-${code}`;
  }

  private async read(): Promise<void> {
    while (this.isOld()) {
      this.#reading ??= this.readNow().finally(() => (this.#reading = undefined));
      await this.#reading;
    }
  }

  /** An engine of our own is written by nobody else: it is read again only after a write. */
  private isOld(): boolean {
    return this.#known !== this.#written || (this.log.shared && this.now() - this.#readAt >= freshMs);
  }

  private async readNow(): Promise<void> {
    const written = this.#written;
    this.#rows = await this.log.live();
    this.#known = written;
    this.#readAt = this.now();
  }
}

/** What an alarm is about: raised anew it is the same while it is not over. */
export function keyOf({ shop, code, subject }: Pick<AlarmHead, 'shop' | 'code' | 'subject'>): string {
  return JSON.stringify([shop, code, subject]);
}

/** An alarm of this process that the store does not know, or not yet. */
function unkept({ since, ...alarm }: Alarm): Parameters<AlarmBook['itemOf']>[0] {
  const at = since.getTime();
  return { ...newCase(at, Infinity), ...alarm, since: at, alarmId: null };
}
