import { columnsOf, ident, join, sql, type ClickHouse, type Columns, type Sql, type UnitOfWork } from '#clickhouse';
import type { LedgerTail } from '../ledger/ledger-tail.js';
import type { Position } from '../positions.js';
import { tableOf, type Shop } from '../shop.js';
import { BucketCalendar } from './calendar.js';
import { noteCampaignDays, writeCampaignDays } from './campaigns.js';
import { CustomerKeys, type KeysOfStep } from './customer-keys.js';
import { writeCustomers } from './customers.js';
import { writeDimensions, writePlaceholders } from './dimensions.js';
import { DirtySql, type DirtyBuckets } from './dirty.js';
import { writeSales, writeTimelines } from './facts.js';
import {
  foldVersions,
  leftOutColumns,
  leftOutRows,
  placesOfOrders,
  refundColumns,
  refundRows,
  timelinesOf,
  type Folded,
  type Row,
} from './fold.js';
import { additionsOf, handedOrders, namesOf, salesColumns, salesRows } from './handed.js';
import { HeadlineBuckets, headlineColumns } from './headline-buckets.js';
import { writeHeadline, type Addition } from './headline.js';
import { Known } from './known.js';
import { writeKpis } from './kpi.js';
import { momentColumns, Pending } from './pending.js';
import { namedDimensions, Placed, type NamedDimension } from './placed.js';
import { isOfEarlierClaim, scratchOf, scratchTables } from './scratch.js';
import { StepSql, type NamedStatement, type Step } from './step.js';
import { collectVersions, orderBodiesSql, type OrderBody, type OrderHead, type ReturnVersion } from './versions.js';

/** How long each part of a step took, in milliseconds, for metrics and profiles. */
export type StepTimings = ReadonlyMap<string, number>;

/**
 * Wraps the part in which readers could see a half-moved state; the gate gives it. The part tells what was added to the headline when that is
 * all that was done to it.
 */
export type Guarded = (work: () => Promise<readonly Addition[] | undefined>) => Promise<void>;

type HandedOrders = Awaited<ReturnType<typeof handedOrders>>;

/** What a step touches. */
interface Gathered {
  readonly orders: readonly OrderHead[];
  readonly folded: Folded;
  readonly customers: KeysOfStep;
}

/** Orders of a step whose additions readers of the headline are handed: of more they read it again. */
const mostAdded = 2_000;
/** Buckets that they may add to: each order of a history has a slice and a minute of its own, and of so many it is quicker to compute them. */
const mostBuckets = 600;

/**
 * Writes one shop's facts and derived tables, at two levels. `live` folds what is new in the ledger into the facts and the headline:
 * a few statements, a fraction of a second. `settle` brings everything else (dimensions, customers, campaigns) to where the live
 * level stands. Both are functions of the ledger alone, so that what was cut off is simply done again under a higher generation.
 */
export class RefreshRepository {
  readonly #pending = new Pending();
  readonly #known: Known;
  readonly #placed = new Placed();
  readonly #keys: CustomerKeys;
  readonly #calendar: BucketCalendar;
  readonly #headline: HeadlineBuckets;
  /**
   * Whether facts and headline hold exactly what the live watermark says. Rows of a later place may stand there after a restart, and after a
   * step that was cut off: until all of the ledger was folded once.
   */
  #caughtUp = false;
  /** Generation of the settling that this process did last; undefined while what stands may be of a settling that was cut off. */
  #settled: bigint | undefined;

  constructor(
    private readonly clickhouse: ClickHouse,
    private readonly shop: Shop,
    private readonly tail: LedgerTail,
  ) {
    this.#known = new Known(clickhouse, shop);
    this.#keys = new CustomerKeys(clickhouse, shop, this.#known);
    this.#calendar = new BucketCalendar(clickhouse, shop);
    this.#headline = new HeadlineBuckets(clickhouse, shop);
  }

  /** Entries that wait for the next settling. */
  get pending(): number {
    return this.#pending.size;
  }

  /**
   * Begins under a claim. Forgets what waits and what was known: others may have written meanwhile. Who goes on from a live level that
   * nobody settled says so by `remember`. Work tables are the claim's own; those of earlier claims go, and with them what still wants to use them.
   */
  async restart(claim: number): Promise<void> {
    const { database } = this.shop;
    for (const each of scratchTables) {
      const own = ident(database, scratchOf(each, claim));
      await this.clickhouse.command(sql`CREATE TABLE IF NOT EXISTS ${own} AS ${this.table(`scratch_${each}`)}`, 'refresher');
    }
    const tables = await this.clickhouse.query<{ name: string }>(
      sql`SELECT name FROM ${ident('system', 'tables')} WHERE database = ${database} AND startsWith(name, 'scratch_')`,
      'refresher',
    );
    for (const { name } of tables) {
      if (isOfEarlierClaim(name, claim)) await this.clickhouse.command(sql`DROP TABLE IF EXISTS ${ident(database, name)}`, 'refresher');
    }
    this.#caughtUp = false;
    this.#settled = undefined;
    this.#pending.clear();
    this.#keys.forget();
    this.#known.forget();
    this.#placed.clear();
    this.#headline.forget();
  }

  /**
   * All that the ledger holds, and so all that may have been written before a restart or by a step that was cut off, is folded.
   * @param at where that is. What stands before it is learnt now, while nothing waits: of ten million orders that takes a minute and a half
   */
  caughtUp(at: readonly Position[]): void {
    this.#caughtUp = true;
    this.#known.learn(at);
  }

  /** Resolves when nothing is looked for any more that is surely new: until then steps are slower. */
  async learnt(): Promise<void> {
    await this.#known.learnt();
  }

  /** Facts and headline up to the step's end. */
  async live(step: Step, guarded: Guarded): Promise<StepTimings> {
    const run = new Run(this.clickhouse);
    const s = new StepSql(step);
    if (!s.moved('transactions.v1') && !s.moved('returns.v1')) {
      await guarded(() => Promise.resolve([]));
      return run.timings;
    }
    this.#known.learn(step.from);
    const handed = await run.time('handed', () => this.handed(s));
    const { orders, returns, folded, customers } = await this.gather(run, s, handed);
    const { keys } = customers;
    const places = placesOfOrders(folded.returns);
    const bodies = places.length > 0 ? await run.query<OrderBody>('order_bodies', orderBodiesSql(s, places)) : [];
    const refunds = refundRows(folded.returns, new Map(bodies.map((body) => [body.order_id, body])), keys, step.generation);
    const slice = Object.keys(refundColumns).indexOf('slice');
    this.#known.addRefunds(refunds.map((row) => Number(row[slice])));
    // Nothing but new orders, all of them at hand: their facts need not be selected from the ledger.
    const newOnly = this.#caughtUp && returns.length === 0 && folded.contested.size === 0 && folded.unmoved.length === 0;
    const plain = handed && returns.length === 0 && folded.contested.size === 0 && orders.length === handed.length;
    const sales = plain ? salesRows(handed, keys, step.generation) : undefined;
    const additions = plain && newOnly && folded.dirty.size <= mostBuckets ? additionsOf(handed, keys) : [];
    const adds = additions.length > 0 && additions.length <= mostBuckets;
    const added = adds ? await run.time('headline_buckets', () => this.#headline.with(additions, step.generation)) : [];
    const dirty = adds ? undefined : await this.dirty(run, s, folded.dirty);
    if (!adds) this.#headline.forget();
    const caughtUp = this.#caughtUp;
    this.#caughtUp = false;
    const writeFacts = async (): Promise<void> => {
      await run.time('customer_keys', () => customers.write());
      await together([
        sales !== undefined
          ? run.insert('handed_sales', this.table('fact_sales'), salesColumns, sales)
          : orders.length > 0
            ? run.statement(writeSales(s, folded, keys))
            : Promise.resolve(),
        run.insert('fact_returns', this.table('fact_returns'), refundColumns, refunds),
      ]);
    };
    const writeAll = async (): Promise<readonly Addition[] | undefined> => {
      // What is added does not read the facts: both at once. Should only one of the two get through, the step is torn like any other.
      if (!dirty) await together([run.insert('headline_added', this.table('agg_headline'), headlineColumns, added), writeFacts()]);
      else {
        await writeFacts();
        if (dirty.any) await run.statement(writeHeadline(s, dirty, this.#known.mayRefund(folded.dirty.of('slice'))));
      }
      await run.whole();
      return adds && handed && handed.length <= mostAdded ? additions : undefined;
    };
    await guarded(writeAll).catch((error: unknown) => {
      // What was added may not stand there.
      this.#headline.forget();
      throw error;
    });
    this.#caughtUp = caughtUp;
    this.#placed.add(s.moved('returns.v1') ? undefined : handed && namesOf(handed));
    this.#pending.newOnly &&= newOnly;
    this.leave({ orders, folded, customers }, step.generation);
    return run.timings;
  }

  /**
   * What live steps of a process that died left for the next settling, gathered from the ledger anew. Facts and headline hold it already.
   * @param step its generation must be below those of all live steps since the claim
   */
  async remember(step: Step): Promise<void> {
    const s = new StepSql(step);
    this.#pending.newOnly = false;
    this.#placed.add(undefined);
    const gathered = await this.gather(new Run(this.clickhouse), s);
    // The steps before wrote them, and with them what they name.
    await gathered.customers.write();
    this.leave(gathered, step.generation);
  }

  /**
   * Everything that is not live, up to where the live level stands.
   * @param step from the settled positions to the live ones
   */
  async settle(step: Step, guarded: Guarded): Promise<StepTimings> {
    const run = new Run(this.clickhouse);
    const s = new StepSql(step);
    const pending = this.#pending;
    const dirty = await this.dirty(run, s, pending.dirty);
    if (s.moved('customers.v1')) await this.keysOfRegistered(run, s);
    const months = [...pending.customerMonths].map((pair) => pair.split(' '));
    await this.fill(run, s.scratch('customers'), monthColumns, months);
    await run.statement(emptied(s.scratch('campaign_days')));
    const since = pending.newOnly ? this.#settled : undefined;
    this.#settled = undefined;
    const missing = new Map<NamedDimension, readonly string[] | undefined>();
    for (const each of namedDimensions) {
      // Campaign days name campaigns too, and counts of stock products.
      const isNamedElsewhere = (each === 'campaigns' || each === 'products') && s.moved(`${each}.v1`);
      const names = isNamedElsewhere ? undefined : this.#placed.missing(each);
      if (names?.length !== 0) missing.set(each, names);
    }
    await guarded(async () => {
      await run.insert('fact_returns_left_out', this.table('fact_returns_left_out'), leftOutColumns, pending.leftOut);
      await run.statements(writeDimensions(s));
      const writePeople = async (): Promise<void> => {
        if (dirty.any) await run.statement(writeTimelines(s, dirty));
        // Then the tombstones, which lie below: many are of documents that stay where they were, and who reads ahead must never miss one.
        await run.insert('former_moments', this.table('facts_by_customer'), momentColumns, pending.formerMoments);
        await run.statements([...(months.length > 0 ? writeCustomers(s, dirty, since) : []), ...writePlaceholders(s, missing)]);
      };
      // None of the two reads what the other one writes.
      await together([writePeople(), run.statements(dirty.any ? writeKpis(s, dirty, since) : [])]);
      if (dirty.any) await run.statement(noteCampaignDays(s, dirty));
      const days = sql`SELECT 1 FROM ${s.scratch('campaign_days')} LIMIT 1`;
      if ((await run.query('campaign_days', days)).length > 0) await run.statement(writeCampaignDays(s));
      await run.whole();
      return undefined;
    });
    this.#settled = step.generation;
    this.#placed.settled();
    pending.clear();
    return run.timings;
  }

  /** Which generation the views are of, as they stand; 0 where one holds nothing, or is of another than the rest. */
  async viewsGeneration(): Promise<bigint> {
    const of = refreshableViews.map((view) => sql`SELECT max(generation) AS generation FROM ${this.table(view)}`);
    const [row] = await this.clickhouse.query<{ generation: string }>(
      sql`SELECT if(uniqExact(generation) = 1, any(generation), 0) AS generation FROM (${join(of, ' UNION ALL ')})`,
      'refresher',
    );
    return BigInt(row?.generation ?? 0);
  }

  /**
   * Refreshes the materialized views, in the order in which they read one another.
   * Each `WAIT` raises what went wrong inside the view's own query.
   */
  async refreshViews(): Promise<void> {
    for (const view of refreshableViews) {
      await this.clickhouse.command(sql`SYSTEM REFRESH VIEW ${this.table(view)}`, 'views');
      await this.clickhouse.command(sql`SYSTEM WAIT VIEW ${this.table(view)}`, 'views');
    }
  }

  /** All versions of what a step touches, and what they come to. */
  private async gather(run: Run, s: StepSql, handed?: HandedOrders): Promise<Gathered & { readonly returns: readonly ReturnVersion[] }> {
    const { orders, returns } = await collectVersions(
      s,
      this.#known,
      (name, statement) => run.query(name, statement),
      handed?.map(({ head }) => head),
    );
    const folded = await run.time('fold', () => Promise.resolve(foldVersions(orders, returns)));
    const customers = await run.time('customer_keys', () => this.#keys.of(folded.customers, s.step.generation));
    return { orders, returns, folded, customers };
  }

  /** Leaves for the next settling what a step touched. */
  private leave({ orders, folded, customers }: Gathered, generation: bigint): void {
    const { months, former } = timelinesOf(folded, orders, customers.keys);
    const pending = this.#pending;
    pending.dirty.merge(folded.dirty);
    for (const month of months) pending.customerMonths.add(month);
    pending.addMoments(former, generation);
    for (const row of leftOutRows(folded.returns, generation)) pending.leftOut.push(row);
  }

  /** The step's orders, where this process itself wrote every row of them, and lately. */
  private async handed(s: StepSql): Promise<HandedOrders | undefined> {
    const rows = s.stretches('transactions.v1')?.map((each) => this.tail.rows(this.shop, each));
    if (!rows || rows.length === 0 || rows.includes(undefined)) return undefined;
    return handedOrders(
      rows.flatMap((each) => each ?? []),
      this.#calendar,
    );
  }

  /** Customers that registered and may never have bought. */
  private async keysOfRegistered(run: Run, s: StepSql): Promise<void> {
    const rows = await run.query<{ customer_id: string }>(
      'registered_customers',
      sql`SELECT DISTINCT customer_id FROM ${this.table('ledger_customers')} WHERE ${s.fresh('customers.v1')}`,
    );
    const ids = new Set(rows.map((row) => row.customer_id));
    const customers = await run.time('customer_keys', () => this.#keys.of(ids, s.step.generation));
    await run.time('customer_keys', () => customers.write());
  }

  /** Predicates on dirty buckets, with the work table filled where they need it. */
  private async dirty(run: Run, s: StepSql, buckets: DirtyBuckets): Promise<DirtySql> {
    const dirty = new DirtySql(buckets, s.scratch('dirty'));
    await this.fill(run, s.scratch('dirty'), bucketColumns, dirty.rows());
    return dirty;
  }

  /** Rows of a work table, in the place of those of an earlier step. Without any it is not read. */
  private async fill(run: Run, table: Sql, columns: Columns<Row>, rows: readonly Row[]): Promise<void> {
    if (rows.length === 0) return;
    await run.statement(emptied(table));
    await run.insert('scratch', table, columns, rows);
  }

  private table(name: string): Sql {
    return tableOf(this.shop, name);
  }
}

/** Of the work tables that a step fills. */
const bucketColumns = columnsOf({ grain: 'String', start: 'DateTime' });
const monthColumns = columnsOf({ month: 'Date', customer_key: 'UInt32' });

const refreshableViews = ['mv_rfm_scores', 'mv_cohort_retention', 'mv_segment_flow'] as const;

function emptied(table: Sql): NamedStatement {
  return { name: 'empty', statement: sql`TRUNCATE TABLE ${table}` };
}

/** Work side by side. Rejects, with what failed first, only when none of it runs any more: it may be done again then. */
async function together(works: readonly Promise<unknown>[]): Promise<void> {
  const ended = await Promise.allSettled(works);
  const failed = ended.find((each) => each.status === 'rejected');
  if (failed) throw failed.reason;
}

/** Statements of one step on the refresher's lane, timed. Its writes count with the watermark behind them. */
class Run {
  readonly timings = new Map<string, number>();
  private readonly clickhouse: UnitOfWork;

  constructor(clickhouse: ClickHouse) {
    this.clickhouse = clickhouse.unit();
  }

  /** Before the watermark. @throws {ClickHouseFault} `disk-full` or `write-lost`: the step is to be done again */
  whole(): Promise<void> {
    return this.time('whole', () => this.clickhouse.whole());
  }

  query<Row>(name: string, statement: Sql): Promise<Row[]> {
    return this.time(name, () => this.clickhouse.query<Row>(statement, 'refresher'));
  }

  statement({ name, statement }: NamedStatement): Promise<void> {
    return this.time(name, () => this.clickhouse.command(statement, 'refresher'));
  }

  async statements(all: readonly NamedStatement[]): Promise<void> {
    for (const each of all) await this.statement(each);
  }

  async insert(name: string, table: Sql, columns: Columns<Row>, rows: readonly Row[]): Promise<void> {
    if (rows.length > 0) await this.time(name, () => this.clickhouse.insertRows(table, columns, rows, 'refresher'));
  }

  async time<T>(name: string, work: () => Promise<T>): Promise<T> {
    const start = performance.now();
    try {
      return await work();
    } finally {
      this.timings.set(name, (this.timings.get(name) ?? 0) + performance.now() - start);
    }
  }
}
