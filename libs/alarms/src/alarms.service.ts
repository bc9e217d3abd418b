import type { AlarmAnswer, AlarmsAnswer, AlarmsQuery, AlertOrder } from '#contracts';
import { obey } from '#life-cycle';
import type { AlarmLogRepository, AlarmRow, Shop } from '#warehouse';
import { randomUUID } from 'node:crypto';
import type { AlarmBook } from './alarm-book.js';
import { overRow } from './alarm-keeper.js';
import type { AlarmTeller } from './alarm-teller.js';
import { AlarmsError } from './alarms.errors.js';
import { isLasting } from './alarms.js';
import { alarmWords, foldAlarm, foldAlarms, type AlarmLogLine, type FoldedAlarm } from './kept-alarm.js';

export interface AlarmsServiceParts {
  readonly book: AlarmBook;
  readonly log: Pick<AlarmLogRepository, 'of' | 'ended'>;
  readonly teller: AlarmTeller;
  /** Has this process look at what it finds: what somebody ended must not be shown any longer. */
  readonly look: (now: number) => Promise<void>;
  readonly now?: () => number;
}

/** What people ask of alarms and say to them, in whatever process. */
export class AlarmsService {
  constructor(private readonly parts: AlarmsServiceParts) {}

  /** Alarms of a shop, the newest first; of those that are over the ones that ended last. */
  async list(shop: Shop, { state, limit }: AlarmsQuery): Promise<AlarmsAnswer> {
    if (state !== 'recovered' && state !== 'expired') {
      const shown = (await this.parts.book.shown([shop])).filter((alarm) => state === 'live' || alarm.state === state);
      return { shop: shop.shop, alarms: shown.slice(0, limit) };
    }
    const alarms = foldAlarms(await this.parts.log.ended(shop.database, limit), this.now())
      .filter((alarm) => alarm.state === state)
      .sort((a, b) => b.since - a.since)
      .map((alarm) => this.parts.book.itemOf(alarm));
    return { shop: shop.shop, alarms };
  }

  /** @throws {AlarmsError} `alarm-unknown` */
  async show(shop: Shop, alarmId: string): Promise<AlarmAnswer> {
    const { alarm, log } = await this.find(shop, alarmId);
    return { shop: shop.shop, alarm: this.parts.book.itemOf(alarm), log: log.map(shownLine) };
  }

  /**
   * Says a command. What comes of it is a fold of all that was said, so of two people who acknowledge one of them is refused. Of an alarm
   * of what is over there is nothing left once somebody has acknowledged it or acted: it ends.
   * @throws {AlarmsError} `alarm-unknown`, and what it was refused with: `already-acknowledged`, `already-acted`, `alert-over`, `snooze-past`
   */
  async say(shop: Shop, alarmId: string, order: AlertOrder, by: string): Promise<AlarmAnswer> {
    const { alarm, log } = await this.find(shop, alarmId);
    const { database } = shop;
    const id = randomUUID();
    // What is said later stands later, whichever process' clock it bears.
    const at = Math.max(this.now(), (log.at(-1)?.at ?? 0) + 1);
    const said: AlarmRow = { database, alarmId, entry: id, what: 'commanded', at, by, body: JSON.stringify(order) };
    const taken = obey(alarm, { ...order, by }, at, id, alarmWords);
    const ends = taken !== undefined && 'now' in taken && isLasting(alarm) && isSettled(order);
    if (ends) await this.parts.teller.tell(shop, this.parts.book.stepOf('cleared', alarm, at));
    await this.parts.book.append(ends ? [said, overRow(alarm, at + 1, `${by} has looked at it.`)] : [said]);
    // What it cannot do now it does within a second.
    if (ends) await this.parts.look(this.now()).catch(() => undefined);
    const folded = await this.find(shop, alarmId);
    const line = folded.log.find(({ commandId }) => commandId === id);
    if (line?.refused) throw new AlarmsError(line.refused, line.detail);
    return { shop: shop.shop, alarm: this.parts.book.itemOf(folded.alarm), log: folded.log.map(shownLine) };
  }

  private async find(shop: Shop, alarmId: string): Promise<FoldedAlarm> {
    const folded = foldAlarm(await this.parts.log.of(shop.database, alarmId), this.now());
    if (folded) return folded;
    throw new AlarmsError(
      'alarm-unknown',
      `${shop.shop} has no alarm ${alarmId}. GET /api/v1/shops/${shop.shop}/alarms lists those that stand, ?state=recovered those that are over.`,
    );
  }

  private now(): number {
    return this.parts.now?.() ?? Date.now();
  }
}

/** Whether nothing is left to be done after it, where the cause is over. */
function isSettled({ command }: AlertOrder): boolean {
  return command === 'acknowledge' || command === 'act';
}

function shownLine({ at, step, refused, by, detail, state }: AlarmLogLine): AlarmAnswer['log'][number] {
  return { at: new Date(at).toISOString(), step, refused, by, detail, state };
}
