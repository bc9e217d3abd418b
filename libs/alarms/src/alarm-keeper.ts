import type { AlarmRow, Shop, ShopDirectory } from '#warehouse';
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { keyOf, type AlarmBook } from './alarm-book.js';
import type { AlarmStep, AlarmTeller } from './alarm-teller.js';
import { lastingCodes, type Alarm, type Alarms } from './alarms.js';
import { sightOf, type KeptAlarm, type Sighting } from './kept-alarm.js';

const lookMs = 1_000;
/** An alarm that is gone before is told to nobody: a rebalance, a broker that answers late. */
export const standsMs = 10_000;
/** How often a process says that it still sees an alarm. */
const sightMs = 60_000;
/** A process that has said nothing for this long is gone, and what it saw with it. */
export const lostMs = 150_000;
/** A process that has just started has not met the causes yet that its forerunner saw. */
export const settleMs = 60_000;

export interface AlarmKeeperParts {
  readonly alarms: Alarms;
  readonly book: AlarmBook;
  readonly shops: Pick<ShopDirectory, 'list'>;
  readonly teller: AlarmTeller;
  /** Name of this process, another one at each start. */
  readonly process: string;
  readonly logger: { warn(fields: object, message: string): void };
}

/** An alarm of this process in the store. */
interface Mine {
  readonly alarmId: string;
  told: boolean;
  /** As last written. */
  times: number;
  sightedAt: number;
}

/**
 * Keeps what this process finds wrong in the store, and has it told. Alarms of one shop, code and subject are one, whichever processes
 * see it and however often they are started: it is over when none does any more. What is over and stays true is over when
 * somebody has acknowledged it. While the store is away nothing of it is lost but the time.
 */
export class AlarmKeeper {
  readonly #mine = new Map<string, Mine>();
  readonly #stop = new AbortController();
  #startedAt: number | undefined;
  #watching: Promise<void> = Promise.resolve();
  #looking: Promise<unknown> = Promise.resolve();

  constructor(private readonly parts: AlarmKeeperParts) {}

  start(): void {
    this.#watching = this.watch();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#watching;
  }

  /**
   * Looks once, after whoever looks already.
   * @param now wall clock, Unix milliseconds
   * @throws what the store does with one: it comes with the next look, the others are kept (a shop that cannot start has no outbox)
   */
  look(now: number): Promise<void> {
    const look = this.#looking.then(() => this.lookOnce(now));
    this.#looking = look.catch(() => undefined);
    return look;
  }

  private async lookOnce(now: number): Promise<void> {
    this.#startedAt ??= now;
    const { alarms, shops } = this.parts;
    const directory = new Map((await shops.list()).map((shop) => [shop.shop, shop]));
    // One that is kept stays so, whatever the clock does.
    const isKept = (alarm: Alarm): boolean => this.#mine.has(keyOf(alarm)) || now - alarm.since.getTime() >= standsMs;
    const standing = alarms.list().filter((alarm) => directory.has(alarm.shop) && isKept(alarm));
    const live = await this.withoutDoubles(await this.parts.book.live(), now);
    await inTurn(standing, async (alarm) => {
      const shop = directory.get(alarm.shop);
      if (shop) await this.keep(alarm, shop, live, now);
    });
    await this.letGo(new Set(standing.map(keyOf)), live, now);
    await inTurn(await this.parts.book.live(), (kept) => this.endWhereNobodySees(kept, directory.get(kept.shop), now));
  }

  /** Two processes that met a cause in the same moment opened an alarm each: the first one counts. */
  private async withoutDoubles(live: readonly KeptAlarm[], now: number): Promise<KeptAlarm[]> {
    const first = new Map<string, KeptAlarm>();
    for (const alarm of live.toSorted((a, b) => a.since - b.since || (a.alarmId < b.alarmId ? -1 : 1))) {
      const key = JSON.stringify([alarm.database, keyOf(alarm)]);
      if (!first.has(key)) first.set(key, alarm);
    }
    const kept = [...first.values()];
    const doubles = live.filter((alarm) => !kept.includes(alarm));
    await this.parts.book.append(
      doubles.map((alarm) => overRow(alarm, Math.max(now, alarm.movedAt), 'Another process had opened it before.')),
    );
    return kept;
  }

  /** An alarm that stands here: a new one, one that is in the store already, or one that somebody ended. */
  private async keep(alarm: Alarm, shop: Shop, live: readonly KeptAlarm[], now: number): Promise<void> {
    const key = keyOf(alarm);
    const before = this.#mine.get(key);
    const isLasting = lastingCodes.includes(alarm.code);
    const known = live.find((each) => each.database === shop.database && keyOf(each) === key);
    if (!known) {
      if (before && isLasting && before.times === alarm.times) {
        // Somebody acknowledged it, and nothing has come since.
        this.#mine.delete(key);
        this.parts.alarms.clear(alarm.code, alarm.shop, alarm.subject);
        return;
      }
      await this.open(alarm, shop, before ? now : alarm.since.getTime(), now);
      return;
    }
    const mine = before?.alarmId === known.alarmId ? before : { alarmId: known.alarmId, told: false, times: 0, sightedAt: -Infinity };
    this.#mine.set(key, mine);
    if (now - mine.sightedAt >= sightMs || (isLasting && mine.times !== alarm.times)) {
      await this.parts.book.append([this.sighting(known, alarm, now)]);
      mine.times = alarm.times;
      mine.sightedAt = now;
    }
    await this.tellRaised(mine, known, shop);
  }

  private async open(alarm: Alarm, shop: Shop, since: number, now: number): Promise<void> {
    const { code, subject, message, times } = alarm;
    const { database } = shop;
    const alarmId = alarmIdOf(database, code, subject, since);
    const head = { shop: shop.shop, code, subject, message, since };
    const opened: AlarmRow = { database, alarmId, entry: 'opened', what: 'opened', at: now, by: '', body: JSON.stringify(head) };
    await this.parts.book.append([opened, this.sighting({ alarmId, database }, alarm, now)]);
    const mine: Mine = { alarmId, told: false, times, sightedAt: now };
    this.#mine.set(keyOf(alarm), mine);
    await this.tellRaised(mine, head, shop);
  }

  /** At least once: done again it has the same key. */
  private async tellRaised(mine: Mine, head: Pick<KeptAlarm, 'code' | 'subject' | 'message' | 'since'>, shop: Shop): Promise<void> {
    if (mine.told) return;
    await this.parts.teller.tell(shop, this.stepOf('raised', head, head.since));
    mine.told = true;
  }

  /** What this process saw, and sees no longer. */
  private async letGo(standing: ReadonlySet<string>, live: readonly KeptAlarm[], now: number): Promise<void> {
    const gone = [...this.#mine].filter(([key]) => !standing.has(key));
    const rows = gone.flatMap(([, { alarmId, sightedAt }]) => {
      const kept = live.find((each) => each.alarmId === alarmId);
      // The newest counts, on a clock that went back too.
      return kept ? [{ ...this.sighting(kept, kept, Math.max(now, sightedAt + 1)), what: 'gone' as const }] : [];
    });
    if (rows.length > 0) await this.parts.book.append(rows);
    for (const [key] of gone) this.#mine.delete(key);
  }

  /** An alarm is over when no process sees it any more, or its shop is gone; one that lasts is for people to end. */
  private async endWhereNobodySees(kept: KeptAlarm, shop: Shop | undefined, now: number): Promise<void> {
    const isThere = shop?.database === kept.database;
    // Beside an engine of our own there is no other process: what was seen by one was seen before the start.
    const isSeen = [...kept.seen].some(
      ([entry, at]) => now - at < lostMs && (this.parts.book.shared || entry === sightOf(this.parts.process)),
    );
    if (isThere && (isSeen || lastingCodes.includes(kept.code))) return;
    // Those that saw it said that it went, or have said nothing for long. Whoever has just started may be about to meet its cause.
    if (isThere && kept.seen.size > 0 && now - (this.#startedAt ?? now) < settleMs) return;
    const detail = kept.seen.size === 0 ? 'Its cause is gone.' : isThere ? 'No process has seen it since.' : 'Its shop was deleted.';
    if (isThere) await this.parts.teller.tell(shop, this.stepOf('cleared', kept, now));
    await this.parts.book.append([overRow(kept, Math.max(now, kept.movedAt), detail)]);
  }

  private sighting({ alarmId, database }: Pick<KeptAlarm, 'alarmId' | 'database'>, { message, times }: Sighting, at: number): AlarmRow {
    const body = JSON.stringify({ message, times } satisfies Sighting);
    return { database, alarmId, entry: sightOf(this.parts.process), what: 'stands', at, by: '', body };
  }

  private stepOf(
    step: AlarmStep['step'],
    { code, subject, message, since }: Omit<AlarmStep, 'step' | 'at' | 'runbook'>,
    at: number,
  ): AlarmStep {
    return { step, code, subject, message, since, at, runbook: this.parts.book.runbookOf(code) };
  }

  private async watch(): Promise<void> {
    const { signal } = this.#stop;
    let why = '';
    while (!signal.aborted) {
      await this.look(Date.now()).then(
        () => (why = ''),
        (error: unknown) => {
          if (String(error) !== why) this.parts.logger.warn({ error: String(error) }, 'alarms could not be kept, it is tried again');
          why = String(error);
        },
      );
      await sleep(lookMs, undefined, { signal }).catch(() => undefined);
    }
  }
}

/** The row that ends an alarm. */
export function overRow({ database, alarmId }: Pick<KeptAlarm, 'database' | 'alarmId'>, at: number, detail: string): AlarmRow {
  return { database, alarmId, entry: 'over', what: 'over', at, by: '', body: JSON.stringify({ detail }) };
}

/** Does each, though one fails; then fails as the first one did. */
async function inTurn<T>(all: readonly T[], work: (each: T) => Promise<void>): Promise<void> {
  const faults: unknown[] = [];
  for (const each of all) await work(each).catch((error: unknown) => faults.push(error));
  if (faults.length > 0) throw faults[0];
}

/** The parts are told apart by their lengths: no two lists of texts look alike. */
function alarmIdOf(...parts: readonly (string | number)[]): string {
  const text = ['alarm', ...parts].map((part) => `${String(part).length}:${part}`).join('');
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}
