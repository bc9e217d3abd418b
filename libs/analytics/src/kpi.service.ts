import { Zone, type CalendarUnit } from '#clock';
import {
  instant,
  type BreakdownAnswer,
  type BreakdownQuery,
  type RoomQuery,
  type SeriesAnswer,
  type SeriesQuery,
  type SummaryAnswer,
  type SummaryFigures,
  type SummaryQuery,
} from '#contracts';
import {
  instantOf,
  memberSeparator,
  orderLevelMember,
  type KpiMember,
  type HeadlineReads,
  type HeadlineStretches,
  type KpiReads,
  type KpiSpan,
  type Level,
  type ReadGate,
  type Shop,
  type Stamp,
} from '#warehouse';
import { AnalyticsError } from './analytics.errors.js';
import { AnswerCache } from './answer-cache.js';
import { additive, averages, changeOf, headlineOf, noSums, subtract, summaryOf, sumsOf, totalOf, type Sums } from './figures.js';
import { livePeriod } from './live-period.js';
import { ratioText } from './money.js';
import { decompose, endsOn, rangeOf, type Range } from './range.js';

const maxPoints = 10_000;

/** The months that hold anything: what an open end is read as. It is told as, and compared by, the end of the last day that does. */
interface Whole extends Range {
  readonly lastDayEnds: number | null;
}

/** KPI answers. Every statement of an answer runs inside one read of the gate, so its figures are of one generation. */
export class KpiService {
  readonly #cache = new AnswerCache();
  readonly #zones = new Map<string, Zone>();

  constructor(
    private readonly reads: KpiReads,
    private readonly headlines: HeadlineReads,
    private readonly gate: ReadGate,
  ) {}

  async summary(shop: Shop, query: SummaryQuery): Promise<SummaryAnswer> {
    const zone = this.zone(shop);
    const range = rangeOf(query, zone);
    return this.answer(shop, 'summary', query, async (stamp) => {
      const whole = await this.whole(shop, zone, stamp);
      const figures = await this.figures(shop, zone, range, whole, query.refunds);
      const before = query.compare === 'previous' ? previousOf(query, range, whole, zone) : undefined;
      const earlier = before && (await this.figures(shop, zone, before, whole, query.refunds));
      return {
        ...this.head(shop, query, told(range, whole)),
        figures,
        previous: before && earlier ? { ...texts(before), figures: earlier, change: changeOf(figures, earlier) } : null,
      };
    });
  }

  /**
   * A period on the shop's clock, the stretch of equal length before it, and the orders of the clock's last full hour:
   * all of one generation.
   */
  async headline(shop: Shop, query: RoomQuery<'headline'>) {
    const zone = this.zone(shop);
    const make = async (stamp: Stamp) => {
      const clock = stamp.clock === null ? null : Date.parse(stamp.clock);
      const { range, before: stretch } = livePeriod(query, clock, zone);
      // Only an open end asks for the extent: a day's tiles are on the way one statement earlier.
      const isOpen = range.from === null || range.to === null;
      const whole = isOpen ? await this.whole(shop, zone, stamp, 'live') : { ...range, lastDayEnds: range.to };
      const earlier = query.period === 'custom' ? previousOf(query, range, whole, zone) : stretch;
      const hour = clock === null ? undefined : zone.floor(clock, 'hour');
      const stretches: HeadlineStretches = {
        now: this.spans(range, whole, zone),
        before: earlier === undefined ? [] : this.spans(earlier, whole, zone),
        hour: hour === undefined ? undefined : { grain: 'hour', from: hour - 3_600_000, to: hour },
      };
      const sums = await this.headlines.read(shop, stretches, stamp.generation, JSON.stringify(query));
      const [now, before] = [headlineOf(sumsOf(sums.now)), headlineOf(sumsOf(sums.before))];
      return {
        currency: shop.currency,
        timeZone: shop.timeZone,
        ...texts(told(range, whole)),
        figures: now,
        previous: earlier ? { ...texts(earlier), figures: before, change: changeOf(now, before) } : null,
        ordersPerShopHour: hour === undefined ? null : sums.ordersOfHour,
      };
    };
    return this.answer(shop, 'headline', query, make, 'live');
  }

  async series(shop: Shop, query: SeriesQuery, level: Level = 'settled'): Promise<SeriesAnswer> {
    const zone = this.zone(shop);
    const asked = rangeOf(query, zone);
    const make = async (stamp: Stamp) => {
      const whole = await this.whole(shop, zone, stamp, level);
      const range = closed(asked, whole);
      const head = { ...this.head(shop, query, range), grain: query.grain };
      if (range.from === null || range.to === null || range.from >= range.to) return { ...head, points: [] };
      const [first, end] = [floorTo(query.grain, range.from, zone), range.to];
      const starts: number[] = [];
      for (let at = first; at < end; at = nextOf(query.grain, at, zone)) {
        if (starts.push(at) > maxPoints) {
          throw new AnalyticsError(
            'too-many-points',
            `grain=${query.grain} gives more than ${maxPoints.toLocaleString('en')} points over this range. Shorten it, or take a coarser grain.`,
          );
        }
      }
      const last = nextOf(query.grain, starts[starts.length - 1] ?? first, zone);
      const rows = await this.reads.series(shop, query.grain, first, last, query.refunds === 'order-date', level);
      const byStart = new Map(rows.map((row) => [instantOf(row.bucket).getTime(), sumsOf(row)]));
      const filled = trimmed(starts, byStart, asked);
      const clock = stamp.clock === null ? -Infinity : Date.parse(stamp.clock);
      return {
        ...head,
        from: new Date(first).toISOString(),
        to: new Date(last).toISOString(),
        points: filled.map((at) => {
          const sums = byStart.get(at) ?? noSums;
          return {
            bucket: new Date(at).toISOString(),
            local: zone.text(at, query.grain === 'minute' || query.grain === 'hour'),
            complete: nextOf(query.grain, at, zone) <= clock,
            ...additive(sums),
            buyers: Number(sums.buyers),
            ...averages(sums),
          };
        }),
      };
    };
    return this.answer(shop, 'series', query, make, level);
  }

  async breakdown(shop: Shop, query: BreakdownQuery): Promise<BreakdownAnswer> {
    const zone = this.zone(shop);
    const asked = rangeOf(query, zone);
    const fromFacts = readsFacts(query, asked, zone);
    const make = async (stamp: Stamp) => {
      const range = closed(asked, await this.whole(shop, zone, stamp, fromFacts ? 'live' : 'settled'));
      const head = { ...this.head(shop, query, range), by: query.by };
      const { rows, named } =
        range.from === null || range.to === null || range.from >= range.to
          ? { rows: [], named: new Map<string, string>() }
          : await this.members(shop, zone, query, range.from, range.to, fromFacts);
      const shown = rows.map((row) => ({ member: row.member, sums: sumsOf(row) }));
      const total = totalOf(rows[0]);
      const others = shown.reduce((left, each) => subtract(left, each.sums), total);
      return {
        ...head,
        rows: shown.map(({ member, sums }) => ({
          ...labelled(query.by, member, named),
          ...additive(sums),
          shareOfGross: ratioText(sums.gross, total.gross),
          buyers: Number(sums.buyers),
          ...averages(sums),
        })),
        others: { members: Number(rows[0]?.members ?? 0) - rows.length, ...additive(others) },
        total: additive(total),
      };
    };
    const joined = fromFacts ? joinedTopic(query) : undefined;
    if (joined !== undefined) return this.joinedAnswer(shop, 'breakdown', query, make, joined);
    return this.answer(shop, 'breakdown', query, make, fromFacts ? 'live' : 'settled');
  }

  /** The members to show, with their buyers and their names. */
  private async members(shop: Shop, zone: Zone, query: BreakdownQuery, from: number, to: number, fromFacts: boolean) {
    const byOrderDate = query.refunds === 'order-date';
    const { by } = query;
    const order = memberOrder[query.sort];
    const namesOf = (rows: readonly KpiMember[]): Promise<Map<string, string>> =>
      by === 'product' || by === 'campaign' ? this.reads.names(shop, by, membersOf(rows)) : Promise.resolve(new Map<string, string>());
    if (fromFacts || by === 'category' || by === 'subcategory' || by === 'brand') {
      const rows = await this.reads.breakdownOfFacts(shop, by, from, to, byOrderDate, order, query.limit);
      return { rows, named: await namesOf(rows) };
    }
    const spans = decompose(from, to, zone, finestOf(by));
    const ranked = await this.reads.breakdown(shop, by, spans, byOrderDate, order, query.limit);
    const [buyers, named] = await Promise.all([this.reads.buyers(shop, by, spans, membersOf(ranked)), namesOf(ranked)]);
    return { rows: ranked.map((row) => ({ ...row, buyers: buyers.get(row.member) ?? '0' })), named };
  }

  private async figures(shop: Shop, zone: Zone, range: Range, whole: Range, refunds: string): Promise<SummaryFigures> {
    const [sums, customers] = await Promise.all([
      this.reads.totals(shop, this.spans(range, whole, zone), refunds === 'order-date'),
      this.reads.customerCounts(shop, range.from, range.to),
    ]);
    return summaryOf(sumsOf(sums), customers);
  }

  /** Whole buckets that cover a range; nothing where there is no history. */
  private spans(range: Range, whole: Range, zone: Zone): KpiSpan[] {
    const { from, to } = closed(range, whole);
    return from === null || to === null || from >= to ? [] : decompose(from, to, zone, 'slice');
  }

  private async whole(shop: Shop, zone: Zone, { generation }: Stamp, level: Level = 'settled'): Promise<Whole> {
    const extent = await this.#cache.get(`${shop.database} ${level} ${generation} extent`, () => this.reads.extent(shop, level));
    if (!extent) return { from: null, to: null, lastDayEnds: null };
    const at = (bucket: string): number => instantOf(bucket).getTime();
    return { from: at(extent.first), to: zone.next(at(extent.last), 'month'), lastDayEnds: zone.next(at(extent.lastDay), 'day') };
  }

  /** Puts the stamp on an answer and keeps it for all who ask the same of this generation. */
  private async answer<T extends object>(
    shop: Shop,
    kind: string,
    query: object,
    make: (stamp: Stamp) => Promise<T>,
    level: Level = 'settled',
  ) {
    const { value, stamp } = await this.gate.read(
      shop,
      (now) => this.#cache.get(`${shop.database} ${level} ${now.generation} ${kind} ${JSON.stringify(query)}`, () => make(now)),
      level,
    );
    return { ...value, ...stampFields(stamp) };
  }

  /**
   * As `answer` of the live level, where facts are read together with products or campaigns, which only a settling moves. Both levels stand
   * still meanwhile, and the answer is kept until either moves: by the live generation alone, what was read a moment before a settling
   * would stay until the next event. It says `partial` while events of the joined topic wait to be settled.
   */
  private async joinedAnswer<T extends object>(
    shop: Shop,
    kind: string,
    query: object,
    make: (stamp: Stamp) => Promise<T>,
    topic: JoinedTopic,
  ) {
    // The live level first, as a rebuild takes them: the other way round each would wait for the other.
    const { value: read, stamp } = await this.gate.read(
      shop,
      (live) =>
        this.gate.read(shop, (settled) => {
          const key = `${shop.database} live ${live.generation} settled ${settled.generation} ${kind} ${JSON.stringify(query)}`;
          return this.#cache.get(key, () => make(live));
        }),
      'live',
    );
    const partial = stamp.partial || read.stamp.partial || !isSettled(topic, stamp, read.stamp);
    return { ...read.value, ...stampFields({ ...stamp, partial }) };
  }

  private head(shop: Shop, query: { refunds: string }, range: Range) {
    return { shop: shop.shop, currency: shop.currency, refunds: query.refunds, ...texts(range) };
  }

  private zone(shop: Shop): Zone {
    let zone = this.#zones.get(shop.timeZone);
    if (!zone) this.#zones.set(shop.timeZone, (zone = new Zone(shop.timeZone)));
    return zone;
  }
}

/** The stamp as answers carry it. */
export function stampFields(stamp: Stamp) {
  return { asOf: stamp.clock, generation: stamp.generation, watermark: { ...stamp.watermark }, partial: stamp.partial };
}

function closed(range: Range, whole: Range): Range {
  return { from: range.from ?? whole.from, to: range.to ?? whole.to };
}

/** As an answer says a range; one that begins behind all that there is ends where it begins. */
function told(range: Range, whole: Whole): Range {
  const from = range.from ?? whole.from;
  const end = whole.lastDayEnds === null || from === null ? whole.lastDayEnds : Math.max(from, whole.lastDayEnds);
  return { from, to: range.to ?? end };
}

function texts({ from, to }: Range) {
  return { from: from === null ? null : new Date(from).toISOString(), to: to === null ? null : new Date(to).toISOString() };
}

/**
 * The period of equal length before: by whole local days when the range was given in dates, an open end being that of the last day with
 * anything. Nothing lies before an open start, nor before the first instant that an event may have.
 */
function previousOf(query: Pick<SummaryQuery, 'from' | 'to'>, range: Range, whole: Whole, zone: Zone): Range | undefined {
  const [from, to] = [range.from, range.to ?? whole.lastDayEnds];
  if (from === null || to === null || from >= to) return undefined;
  const inDates = [query.from, query.to].every((end) => end?.includes('T') !== true);
  const dateOf = (at: number): number => Date.parse(`${zone.text(at, false)}T00:00:00Z`);
  const start = inDates ? zone.instant(2 * dateOf(from) - dateOf(to)) : 2 * from - to;
  return instant.safeParse(new Date(start).toISOString()).success ? { from: start, to: from } : undefined;
}

type SeriesGrain = SeriesQuery['grain'];

function floorTo(grain: SeriesGrain, at: number, zone: Zone): number {
  return grain === 'minute' ? Math.floor(at / 60_000) * 60_000 : zone.floor(at, grain satisfies CalendarUnit);
}

function nextOf(grain: SeriesGrain, at: number, zone: Zone): number {
  return grain === 'minute' ? at + 60_000 : zone.next(at, grain satisfies CalendarUnit);
}

/** Gaps are filled with zeros; where an end was left open, the series starts and ends with a bucket that holds something. */
function trimmed(starts: readonly number[], filled: ReadonlyMap<number, Sums>, asked: Range): readonly number[] {
  const first = asked.from === null ? starts.findIndex((at) => filled.has(at)) : 0;
  const last = asked.to === null ? starts.findLastIndex((at) => filled.has(at)) : starts.length - 1;
  return first < 0 ? [] : starts.slice(first, last + 1);
}

/** The finest grain at which agg_kpi holds a dimension. */
function finestOf(by: BreakdownQuery['by']): 'hour' | 'day' {
  return by === 'product' ? 'day' : 'hour';
}

/** Attributes of products, and ranges that end inside a bucket, are read from the facts, which are of the live level. */
function readsFacts(query: BreakdownQuery, asked: Range, zone: Zone): boolean {
  if (query.by === 'category' || query.by === 'subcategory' || query.by === 'brand') return true;
  const finest = finestOf(query.by);
  return [asked.from, asked.to].some((end) => end !== null && !endsOn(finest, end, end, zone));
}

type JoinedTopic = 'products.v1' | 'campaigns.v1';

/** Whose events say what the members of a breakdown are, or are called; undefined where the facts alone do. */
function joinedTopic({ by }: BreakdownQuery): JoinedTopic | undefined {
  if (by === 'campaign') return 'campaigns.v1';
  return by === 'product' || by === 'category' || by === 'subcategory' || by === 'brand' ? 'products.v1' : undefined;
}

/** Whether all that the live level has of a topic is settled. */
function isSettled(topic: JoinedTopic, live: Stamp, settled: Stamp): boolean {
  return Object.entries(live.watermark).every(([place, next]) => !place.startsWith(`${topic}/`) || settled.watermark[place] === next);
}

const memberOrder = { grossSales: 'gross', netSales: 'net', orders: 'orders', units: 'units', returns: 'returns' } as const;

function membersOf(rows: readonly KpiMember[]): string[] {
  return rows.map((row) => row.member);
}

function labelled(
  by: string,
  member: string,
  names: ReadonlyMap<string, string>,
): { member: string | null; label: string; parts?: string[] } {
  if (member === orderLevelMember) return { member: null, label: 'discounts on whole orders' };
  if (by === 'region' || by === 'city') {
    const parts = member.split(memberSeparator);
    const known = parts.filter((part) => part !== '');
    return {
      member: known.length === 0 ? null : member.replaceAll(memberSeparator, '/'),
      label: known[known.length - 1] ?? 'unknown',
      parts,
    };
  }
  if (member === '') return { member: null, label: by === 'campaign' ? 'no campaign' : 'unknown' };
  return { member, label: names.get(member) ?? member };
}
