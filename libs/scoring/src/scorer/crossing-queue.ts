/** A customer's next crossing: the instant at which the band changes if nothing happens. */
export interface Due {
  /** Unix milliseconds. */
  readonly at: number;
  readonly customerId: string;
}

/**
 * The silence clock: next crossings of all customers, the earliest first, of one instant by customer id. A binary heap; an entry that was
 * overtaken by a newer decision stays in it until its turn comes, and is passed over then.
 */
export class CrossingQueue {
  readonly #heap: Due[] = [];
  readonly #newest = new Map<string, number>();

  /** Customers that have a next crossing. */
  get size(): number {
    return this.#newest.size;
  }

  /** The customer's next crossing is another one, or there is none. */
  set(customerId: string, at: number | undefined): void {
    if (at === undefined) {
      this.#newest.delete(customerId);
      return;
    }
    if (this.#newest.get(customerId) === at) return;
    this.#newest.set(customerId, at);
    // Overtaken entries would pile up where customers are decided on again and again.
    if (this.#heap.length > 2 * this.#newest.size + 1_000) this.rebuild();
    else this.push({ at, customerId });
  }

  /** The next crossing of all. */
  next(): Due | undefined {
    for (let top = this.#heap[0]; top; top = this.#heap[0]) {
      if (this.#newest.get(top.customerId) === top.at) return top;
      this.pop();
    }
    return undefined;
  }

  /** Crossings up to an instant, at most so many, in order. They stay here until `set` says otherwise. */
  due(until: number, most: number): Due[] {
    const found: Due[] = [];
    for (let top = this.next(); top && top.at <= until && found.length < most; top = this.next()) {
      this.pop();
      if (found.at(-1)?.customerId !== top.customerId) found.push(top);
    }
    for (const each of found) this.push(each);
    return found;
  }

  private rebuild(): void {
    this.#heap.length = 0;
    const all = [...this.#newest].map(([customerId, at]) => ({ at, customerId })).sort((a, b) => (earlier(a, b) ? -1 : 1));
    // Sorted is a heap.
    this.#heap.push(...all);
  }

  private push(entry: Due): void {
    const heap = this.#heap;
    let at = heap.push(entry) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!earlier(entry, heap[parent] as Due)) break;
      heap[at] = heap[parent] as Due;
      at = parent;
    }
    heap[at] = entry;
  }

  private pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (!last || heap.length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && earlier(heap[child + 1] as Due, heap[child] as Due)) child += 1;
      if (!earlier(heap[child] as Due, last)) break;
      heap[at] = heap[child] as Due;
      at = child;
    }
    heap[at] = last;
  }
}

function earlier(one: Due, other: Due): boolean {
  return one.at < other.at || (one.at === other.at && one.customerId < other.customerId);
}
