import { digestOf, type AlarmRow, type Shop, type ShopDirectory } from '#warehouse';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { keyOf, type AlarmBook } from './alarm-book.js';
import type { AlarmTeller } from './alarm-teller.js';
import { isLasting, type Alarm, type Alarms } from './alarms.js';
import { sightOf, type KeptAlarm, type Sighting } from './kept-alarm.js';

const lookMs = 1_000;
/** An alarm that is gone before is told to nobody: a rebalance, a broker that answers late. */
export const standsMs = 10_000;
/** How often a process says that it still sees an alarm. */
const sightMs = 60_000;
/** A process that has said nothing for as long as another one has watched is gone, and what it saw with it. */
export const lostMs = 150_000;
/** Who has not looked for this long, or could not, knows nothing of what others said meanwhile. */
const blindMs = 15_000;

export interface AlarmKeeperParts {
  readonly alarms: Alarms;
  readonly book: AlarmBook;
  readonly shops: Pick<ShopDirectory, 'list'>;
  readonly teller: AlarmTeller;
  /** Name of this process, for engineers. */
  readonly process: string;
  readonly logger: { warn(fields: object, message: string): void };
  /** Milliseconds of a clock that does not jump. */
  readonly elapsed?: () => number;
}

/** An alarm of this process in the store. */
interface Mine {
  readonly alarmId: string;
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
  /** What others said of alarms, and since when this process has heard nothing newer. */
  readonly #heard = new Map<string, { readonly at: number; readonly since: number }>();
  /** In a container a process that starts again has the name and the number of the one before. */
  readonly #name: string;
  readonly #stop = new AbortController();
  #lookedAt = -Infinity;
  #watching: Promise<void> = Promise.resolve();
  #looking: Promise<unknown> = Promise.resolve();

  constructor(private readonly parts: AlarmKeeperParts) {
    this.#name = `${parts.process} ${randomUUID()}`;
  }

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
   * @throws what the store does with one: it comes with the next look, and the others are looked after
   */
  look(now: number): Promise<void> {
    const look = this.#looking.then(() => this.lookOnce(now));
    this.#looking = look.catch(() => undefined);
    return look;
  }

  private async lookOnce(now: number): Promise<void> {
    const { alarms, book, shops } = this.parts;
    const directory = new Map((await shops.list()).map((shop) => [shop.shop, shop]));
    const live = await this.withoutDoubles(await book.live(), now);
    this.hear(live);
    const known = new Set(live.map(keyOf));
    // One that is kept stays so, whatever the clock does; one that others keep is theirs and this process' at once.
    const isKept = (alarm: Alarm): boolean =>
      this.#mine.has(keyOf(alarm)) || known.has(keyOf(alarm)) || now - alarm.since.getTime() >= standsMs;
    const standing = alarms.list().flatMap((alarm) => {
      const shop = directory.get(alarm.shop);
      return shop && isKept(alarm) ? [{ alarm, shop }] : [];
    });
    const seen = new Set(standing.map(({ alarm }) => keyOf(alarm)));
    const faults = await faultsOf([
      ...standing.map(
        ({ alarm, shop }) =>
          () =>
            this.keep(alarm, shop, live, now),
      ),
      () => this.letGo(seen, live, now),
    ]);
    const left = (await book.live()).map((kept) => () => this.endWhereNobodySees(kept, directory.get(kept.shop), now));
    for (const fault of [...faults, ...(await faultsOf(left))]) throw fault;
  }

  /** Others' clocks may be far off: what counts is for how long this process has seen that they say nothing. */
  private hear(live: readonly KeptAlarm[]): void {
    const elapsed = this.parts.elapsed?.() ?? performance.now();
    const isBlind = elapsed - this.#lookedAt > blindMs;
    this.#lookedAt = elapsed;
    const before = new Map(isBlind ? [] : this.#heard);
    this.#heard.clear();
    for (const { alarmId, seen } of live) {
      for (const [entry, at] of seen) {
        const key = `${alarmId} ${entry}`;
        const heard = before.get(key);
        this.#heard.set(key, heard?.at === at ? heard : { at, since: elapsed });
      }
    }
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
    const lasts = isLasting(alarm);
    const known = live.find((each) => each.database === shop.database && keyOf(each) === key);
    if (!known) {
      if (before && lasts && before.times === alarm.times) {
        // Somebody acknowledged it, and nothing has come since.
        this.#mine.delete(key);
        this.parts.alarms.clear(alarm.code, alarm.shop, alarm.subject);
        return;
      }
      await this.open(alarm, shop, before ? now : alarm.since.getTime(), now);
      return;
    }
    const mine = before?.alarmId === known.alarmId ? before : { alarmId: known.alarmId, times: 0, sightedAt: -Infinity };
    this.#mine.set(key, mine);
    if (now - mine.sightedAt >= sightMs || (lasts && mine.times !== alarm.times)) {
      await this.parts.book.append([this.sighting(known, alarm, now)]);
      mine.times = alarm.times;
      mine.sightedAt = now;
    }
    if (!known.told) await this.tellRaised(known, shop, now);
  }

  private async open(alarm: Alarm, shop: Shop, since: number, now: number): Promise<void> {
    const { code, subject, message, times } = alarm;
    const { database } = shop;
    const alarmId = digestOf('alarm', database, code, subject, String(since)).slice(0, 32);
    const head = { shop: shop.shop, code, subject, message, since };
    const opened: AlarmRow = { database, alarmId, entry: 'opened', what: 'opened', at: now, by: '', body: JSON.stringify(head) };
    await this.parts.book.append([opened, this.sighting({ alarmId, database }, alarm, now)]);
    this.#mine.set(keyOf(alarm), { alarmId, times, sightedAt: now });
    await this.tellRaised({ ...head, alarmId, database }, shop, now);
  }

  /** Told, then written down: a process that dies in between has it told once more, under the same key. */
  private async tellRaised(
    kept: Pick<KeptAlarm, 'alarmId' | 'database' | 'code' | 'subject' | 'message' | 'since'>,
    shop: Shop,
    now: number,
  ): Promise<void> {
    const { alarmId, database } = kept;
    await this.parts.teller.tell(shop, this.parts.book.stepOf('raised', kept, kept.since));
    await this.parts.book.append([{ database, alarmId, entry: 'told', what: 'told', at: now, by: '', body: '{}' }]);
  }

  /** What this process saw, and sees no longer. */
  private async letGo(standing: ReadonlySet<string>, live: readonly KeptAlarm[], now: number): Promise<void> {
    const gone = [...this.#mine].filter(([key]) => !standing.has(key));
    const rows = gone.flatMap(([, { alarmId, sightedAt }]) => {
      const kept = live.find((each) => each.alarmId === alarmId);
      // The newest counts, on a clock that went back too.
      return kept ? [{ ...this.sighting(kept, kept, Math.max(now, sightedAt + 1)), what: 'gone' as const }] : [];
    });
    await this.parts.book.append(rows);
    for (const [key] of gone) this.#mine.delete(key);
  }

  /** An alarm is over when no process sees it any more, or its shop is gone; one that lasts is for people to end. */
  private async endWhereNobodySees(kept: KeptAlarm, shop: Shop | undefined, now: number): Promise<void> {
    const isThere = shop?.database === kept.database;
    if (isThere && kept.seen.size > 0 && (isLasting(kept) || [...kept.seen.keys()].some((entry) => !this.isLost(kept, entry)))) return;
    const detail = kept.seen.size === 0 ? 'Its cause is gone.' : isThere ? 'No process has seen it since.' : 'Its shop was deleted.';
    if (isThere && kept.told) await this.parts.teller.tell(shop, this.parts.book.stepOf('cleared', kept, now));
    await this.parts.book.append([overRow(kept, Math.max(now, kept.movedAt), detail)]);
  }

  private isLost({ alarmId }: KeptAlarm, entry: string): boolean {
    const heard = this.#heard.get(`${alarmId} ${entry}`);
    return entry !== sightOf(this.#name) && heard !== undefined && this.#lookedAt - heard.since >= lostMs;
  }

  private sighting({ alarmId, database }: Pick<KeptAlarm, 'alarmId' | 'database'>, { message, times }: Sighting, at: number): AlarmRow {
    const body = JSON.stringify({ message, times } satisfies Sighting);
    return { database, alarmId, entry: sightOf(this.#name), what: 'stands', at, by: '', body };
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

/** Does each, though one fails: a shop that cannot start has no outbox. @returns what went wrong */
async function faultsOf(works: readonly (() => Promise<void>)[]): Promise<unknown[]> {
  const faults: unknown[] = [];
  for (const work of works) await work().catch((error: unknown) => faults.push(error));
  return faults;
}
