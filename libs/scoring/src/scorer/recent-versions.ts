import {
  keyOf,
  liesBefore,
  winnerOf,
  type KnownPlaces,
  type KnownVersion,
  type OrderVersion,
  type Place,
  type Position,
  type ReturnVersion,
} from '#warehouse';

/** Ids of orders and returns. */
export interface DocumentIds {
  readonly orders: ReadonlySet<string>;
  readonly returns: ReadonlySet<string>;
}

/** Which versions may be known at an instant. */
export interface Knowledge {
  /** Unix milliseconds: nothing that happened or arrived later. */
  readonly asOf: number;
  /** Nothing of the ledger from here on. */
  readonly before: readonly Position[];
  /** Nor these rows: their turn comes later. */
  readonly not: ReadonlySet<KnownVersion>;
}

const none: DocumentIds = { orders: new Set(), returns: new Set() };

/**
 * Orders and returns that moved in the ledger behind a place, each with all of its versions. `facts_by_customer` holds the newest winner of
 * each and is brought to the ledger's end once a second only; what is in here is left out of it and taken from the ledger, so that a
 * customer can be seen as of any instant behind that place, at once, and whatever was corrected since.
 */
export class RecentVersions {
  /** Rows behind the place, in the order in which they were added. */
  readonly #fresh = new Set<KnownVersion>();
  readonly #orders = new Map<string, OrderVersion[]>();
  readonly #returns = new Map<string, ReturnVersion[]>();
  readonly #returnsOf = new Map<string, Set<string>>();
  readonly #rows = new Map<string, KnownVersion>();
  #moved = { orders: new Set<string>(), returns: new Set<string>() };

  /** Rows behind the place. */
  get fresh(): readonly KnownVersion[] {
    return [...this.#fresh];
  }
  /** Places of all rows that are known here. */
  get places(): KnownPlaces {
    return this.#rows;
  }
  /** Orders that returns name, whether they moved or not: whose a return is follows from them. */
  ordersNamed(returnIds: Iterable<string>): Set<string> {
    const named = new Set<string>();
    for (const id of returnIds) for (const { orderId } of this.#returns.get(id) ?? []) if (orderId !== '') named.add(orderId);
    return named;
  }

  /** Some returns, and those that name some orders. */
  returnsAmong(returnIds: Iterable<string>, orderIds: Iterable<string>): Set<string> {
    const found = new Set(returnIds);
    for (const orderId of orderIds) for (const id of this.#returnsOf.get(orderId) ?? []) found.add(id);
    return found;
  }

  /**
   * Rows behind the place. One that is known already is an event all the same: the ledger is ahead of the figures, so a version may have been
   * read with its document before its own turn came.
   */
  addFresh(rows: readonly KnownVersion[]): void {
    for (const each of rows) {
      this.keep(each);
      const row = this.#rows.get(keyOf(each)) ?? each;
      if (this.#fresh.has(row)) continue;
      this.#fresh.add(row);
      this.moved(row);
    }
  }

  /** Further versions of what moved, and of the orders that moved returns name. */
  addVersions(rows: readonly KnownVersion[]): void {
    for (const row of rows) {
      if (this.keep(row) && 'returnId' in row && this.#moved.orders.has(row.orderId)) this.#moved.returns.add(row.returnId);
    }
  }

  /** The place moves on: what did not move behind it is forgotten. */
  prune(base: readonly Position[]): void {
    const fresh = this.fresh.filter((row) => !liesBefore(row, base));
    if (fresh.length === this.#fresh.size) return;
    const orders = [...this.#orders.values()].flat();
    const returns = [...this.#returns.values()].flat();
    for (const index of [this.#orders, this.#returns, this.#returnsOf, this.#rows, this.#fresh]) index.clear();
    this.#moved = { orders: new Set(), returns: new Set() };
    this.addFresh(fresh);
    const own = this.#moved;
    this.addVersions(returns.filter(({ returnId, orderId }) => own.returns.has(returnId) || own.orders.has(orderId)));
    const kept = new Set(this.#moved.returns);
    this.addVersions(returns.filter(({ returnId }) => kept.has(returnId)));
    const named = this.ordersNamed(kept);
    this.addVersions(orders.filter(({ orderId }) => own.orders.has(orderId) || named.has(orderId)));
  }

  /** Whether a row says again what its partition had said before: a message that was delivered or sent twice. It is no event of its own. */
  isCopy(row: KnownVersion): boolean {
    return copies(row, 'returnId' in row ? this.#returns.get(row.returnId) : this.#orders.get(row.orderId));
  }

  /** Customers whom a row may concern: of every version of its order, and those its return names. */
  customersOf(row: KnownVersion): Set<string> {
    const customers = new Set<string>();
    const add = (versions: readonly { customerId: string }[] = []): void => {
      for (const { customerId } of versions) if (customerId !== '') customers.add(customerId);
    };
    if ('returnId' in row) {
      add(this.#returns.get(row.returnId));
      for (const orderId of this.ordersNamed([row.returnId])) add(this.#orders.get(orderId));
    } else {
      add(this.#orders.get(row.orderId));
    }
    return customers;
  }

  /** What moved, by the customers that it concerns or concerned. */
  byCustomer(): ReadonlyMap<string, DocumentIds> {
    const found = new Map<string, { orders: Set<string>; returns: Set<string> }>();
    const of = (customer: string) => {
      let ids = found.get(customer);
      if (!ids) found.set(customer, (ids = { orders: new Set(), returns: new Set() }));
      return ids;
    };
    for (const id of this.#moved.orders) {
      for (const each of this.#orders.get(id) ?? []) if (each.customerId !== '') of(each.customerId).orders.add(id);
    }
    for (const id of this.#moved.returns) {
      for (const row of this.#returns.get(id) ?? []) for (const customer of this.customersOf(row)) of(customer).returns.add(id);
    }
    return found;
  }

  /**
   * Ledger rows that count for a customer: of his orders and returns that moved, the winners among what is known. The rule is that of
   * `documentsOfVersions`.
   */
  winners(customerId: string, documents: DocumentIds = none, knowledge: Knowledge): { orders: Place[]; returns: Place[] } {
    const known = <V extends KnownVersion>(versions: readonly V[] = []): V | undefined =>
      // The first of its copies is known whenever they are; they are not among those whose turn comes later, it may be.
      winnerOf(versions.filter((each) => isKnown(each, knowledge) && !copies(each, versions)));
    const orders: Place[] = [];
    for (const id of documents.orders) {
      const winner = known(this.#orders.get(id));
      if (winner && !winner.cancelled && winner.customerId === customerId && winner.orderTime <= knowledge.asOf) orders.push(winner);
    }
    const returns: Place[] = [];
    for (const id of documents.returns) {
      const winner = known(this.#returns.get(id));
      if (!winner?.refunded || winner.refundTime > knowledge.asOf) continue;
      const order = known(this.#orders.get(winner.orderId));
      if (!order?.cancelled && (order ?? winner).customerId === customerId) returns.push(winner);
    }
    return { orders, returns };
  }

  private keep(row: KnownVersion): boolean {
    const key = keyOf(row);
    if (this.#rows.has(key)) return false;
    this.#rows.set(key, row);
    if (!('returnId' in row)) {
      append(this.#orders, row.orderId, row);
      return true;
    }
    append(this.#returns, row.returnId, row);
    if (row.orderId !== '') {
      const named = this.#returnsOf.get(row.orderId) ?? new Set();
      this.#returnsOf.set(row.orderId, named.add(row.returnId));
    }
    return true;
  }

  private moved(row: KnownVersion): void {
    if ('returnId' in row) {
      this.#moved.returns.add(row.returnId);
      return;
    }
    this.#moved.orders.add(row.orderId);
    for (const returnId of this.#returnsOf.get(row.orderId) ?? []) this.#moved.returns.add(returnId);
  }
}

function isKnown(version: KnownVersion, { asOf, before, not }: Knowledge): boolean {
  return version.eventTime <= asOf && version.recordedTime <= asOf && liesBefore(version, before) && !not.has(version);
}

/** Whether one of some versions is the same, stands before it in its partition, and was not known later. */
function copies(row: KnownVersion, versions: readonly KnownVersion[] = []): boolean {
  return versions.some(
    (each) =>
      each.revision === row.revision &&
      each.hash === row.hash &&
      each.partition === row.partition &&
      (each.epoch < row.epoch || (each.epoch === row.epoch && each.offset < row.offset)) &&
      each.recordedTime <= row.recordedTime &&
      each.eventTime <= row.eventTime,
  );
}

function append<V>(index: Map<string, V[]>, id: string, row: V): void {
  const rows = index.get(id);
  if (rows) rows.push(row);
  else index.set(id, [row]);
}
