import type { Order } from '#contracts';
import {
  aCampaign,
  aCampaignDay,
  aCustomer,
  anOrder,
  aProduct,
  aReturn,
  aStockCount,
  aTick,
  hotInstants,
  poison,
  Random,
  rewritten,
  someAttributes,
  someCustomer,
  someLines,
  someReturnLines,
  type OracleShop,
  type Shelf,
  type TestMessage,
} from '#testing';

export const shopSettings: OracleShop = { timeZone: 'Europe/London', currency: 'GBP' };

const day = 24 * 3_600_000;

/** What may change about an order. */
export const changes = ['time', 'customer', 'amount', 'attributes', 'lines', 'cancel', 'revive'] as const;
export type Change = (typeof changes)[number];
/** Which revision a new version of something has: the next, that of the last one, one below the last, or one that leaps. */
export const revisions = ['next', 'same', 'earlier', 'leap'] as const;
export type RevisionStep = (typeof revisions)[number];

type ReturnChange = NonNullable<Parameters<typeof aReturn>[0]>;

interface Versions<State> {
  readonly states: State[];
  revision: number;
}

/**
 * The shop's till: what it has said so far, and what it says next. Few customers and products, so that things meet. Each saying is a
 * function of its seed and of what was said before.
 */
export class Desk {
  readonly #orders: Versions<Partial<Order>>[] = [];
  readonly #returns: Versions<ReturnChange>[] = [];
  readonly #said: TestMessage[] = [];
  readonly #instants = hotInstants(shopSettings.timeZone, 2023).sort((a, b) => a - b);
  readonly #shelf: Omit<Shelf, 'instants'> = {
    currency: shopSettings.currency,
    customers: ['1', '2', '3', '4', '5'],
    products: ['p1', 'p2', 'p3'],
    campaigns: ['spring', 'never-announced'],
  };
  /** The shop's time: moves a little with each saying, and every `recordedtime` is of it. */
  #now = Date.parse('2023-06-20T12:00:00Z');

  get orders(): number {
    return this.#orders.length;
  }

  get returns(): number {
    return this.#returns.length;
  }

  get said(): number {
    return this.#said.length;
  }

  /** A new order. @param monthsLate how long ago it was placed */
  sell(seed: number, monthsLate: number): TestMessage {
    const random = this.saying(seed);
    const state: Partial<Order> = {
      orderId: `o${this.#orders.length}`,
      currency: shopSettings.currency,
      orderedAt: this.instant(random, monthsLate),
      customerId: someCustomer(random, this.shelf()),
      ...this.attributes(random),
      ...(random.chance(0.3) ? { discount: '1.25' } : {}),
      ...(random.chance(0.3) ? { shipping: '3.95', tax: '0.333' } : {}),
      lines: someLines(random, this.shelf()),
    };
    this.#orders.push({ states: [state], revision: 1 });
    return this.say(anOrder({ ...state, revision: 1 }, this.envelope()));
  }

  /** Another version of an order. */
  correct(pick: number, change: Change, step: RevisionStep, seed: number): TestMessage {
    const random = this.saying(seed);
    const order = at(this.#orders, pick);
    const last = at(order.states, order.states.length - 1);
    const changed: Readonly<Record<Change, () => Partial<Order>>> = {
      time: () => ({ orderedAt: this.instant(random, random.whole(0, 5)) }),
      customer: () => ({ customerId: someCustomer(random, this.shelf()) }),
      amount: () => ({ lines: (last.lines ?? []).map((line) => ({ ...line, unitPrice: `${random.whole(0, 99)}.5` })) }),
      attributes: () => this.attributes(random),
      lines: () => ({ lines: someLines(random, this.shelf()) }),
      cancel: () => ({ status: 'cancelled' }),
      revive: () => ({ ...at(order.states, random.whole(0, order.states.length - 1)), status: 'placed' }),
    };
    const state = { ...last, ...changed[change]() };
    order.states.push(state);
    const revision = revise(order, step);
    return this.say(anOrder({ ...state, revision }, this.envelope()));
  }

  /** A return: of an order that was sold, of the one that will be sold next, or of none. */
  takeBack(pick: number, of: 'sold' | 'next' | 'none', refunded: boolean, seed: number): TestMessage {
    const random = this.saying(seed);
    const order = of === 'sold' && this.#orders.length > 0 ? at(at(this.#orders, pick).states, 0) : undefined;
    const state: ReturnChange = {
      returnId: `r${this.#returns.length}`,
      currency: shopSettings.currency,
      orderId: order?.orderId ?? (of === 'none' ? null : `o${this.#orders.length}`),
      customerId: order?.customerId ?? someCustomer(random, this.shelf()),
      status: refunded ? 'refunded' : 'requested',
      refundedAt: this.instant(random, random.whole(0, 3)),
      lines: someReturnLines(random, this.shelf()),
    };
    this.#returns.push({ states: [state], revision: 1 });
    return this.say(aReturn({ ...state, revision: 1 }, this.envelope()));
  }

  /** Another version of a return: of another order, at another time, of other lines, asked for or refunded. */
  alterReturn(pick: number, step: RevisionStep, seed: number): TestMessage {
    const random = this.saying(seed);
    const changed = at(this.#returns, pick);
    const last = at(changed.states, changed.states.length - 1);
    const state: ReturnChange = {
      ...last,
      ...random.pick<() => ReturnChange>([
        () => ({ orderId: `o${random.whole(0, this.#orders.length)}` }),
        () => ({ orderId: null }),
        () => ({ refundedAt: this.instant(random, random.whole(0, 3)) }),
        () => ({ lines: someReturnLines(random, this.shelf()) }),
        () => ({ status: last.status === 'refunded' ? 'requested' : 'refunded' }),
        () => ({ customerId: someCustomer(random, this.shelf()) }),
      ])(),
    };
    changed.states.push(state);
    const revision = revise(changed, step);
    return this.say(aReturn({ ...state, revision }, this.envelope()));
  }

  /** Something about a customer, a product or a campaign, or a tick. */
  announce(seed: number): TestMessage {
    const random = this.saying(seed);
    const revision = random.whole(1, 4);
    const { customers, products, campaigns, currency } = this.#shelf;
    const date = this.instant(random, random.whole(0, 4)).slice(0, 10);
    const saying = random.pick<() => TestMessage>([
      () => aCustomer({ customerId: random.pick([...customers, '6']), revision, name: `N${seed}` }, this.envelope()),
      () => aProduct({ productId: random.pick(products), revision, currency, category: `C${seed % 3}` }, this.envelope()),
      () => aCampaign({ campaignId: 'spring', revision, currency, name: `S${seed}` }, this.envelope()),
      () =>
        aCampaignDay(
          { campaignId: random.pick(campaigns), date, revision, currency, spend: `${random.whole(0, 99)}.001` },
          this.envelope(),
        ),
      () =>
        aStockCount(
          { productId: random.pick(products), countedAt: `${date}T00:00:00Z`, revision, units: random.chance(0.2) ? null : seed % 97 },
          this.envelope(),
        ),
      () => aTick({ now: new Date(this.#now).toISOString() }),
    ]);
    return this.say(saying());
  }

  /** A message that must not count. */
  poison(pick: number): TestMessage {
    return this.say(at(poison(shopSettings.currency), pick).message);
  }

  /** Something once more, in the same bytes or in others. */
  repeat(pick: number, otherBytes: boolean): TestMessage {
    const message = at(this.#said, pick);
    if (!otherBytes) return message;
    try {
      return rewritten(message);
    } catch {
      // What is no JSON has one form only.
      return message;
    }
  }

  private saying(seed: number): Random {
    this.#now += (1 + (seed % 50)) * 3_600_000;
    return new Random(seed);
  }

  private say(message: TestMessage): TestMessage {
    this.#said.push(message);
    return message;
  }

  private envelope(): { readonly id: string; readonly time: string; readonly recordedtime: string } {
    const now = new Date(this.#now).toISOString();
    return { id: `e${this.#said.length}`, time: now, recordedtime: now };
  }

  /** One of the instants at which a mistake about the zone shows, about so many months ago. */
  private instant(random: Random, monthsAgo: number): string {
    const until = this.#now - monthsAgo * 30 * day;
    const before = this.#instants.filter((instant) => instant <= until);
    return new Date(before.length > 0 ? random.pick(before.slice(-12)) : until).toISOString();
  }

  /** Most orders are a campaign's: its days are folded from two tables, and hang on more than anything else. */
  private attributes(random: Random): Partial<Order> {
    return { ...someAttributes(random, this.shelf()), campaignId: random.pick([...this.#shelf.campaigns, 'spring', null]) };
  }

  private shelf(): Shelf {
    return { ...this.#shelf, instants: this.#instants };
  }
}

function at<T>(items: readonly T[], pick: number): T {
  const item = items[pick % items.length];
  if (item === undefined) throw new RangeError('Nothing to pick from.');
  return item;
}

function revise(of: Versions<unknown>, step: RevisionStep): number {
  const revision = { next: of.revision + 1, same: of.revision, earlier: Math.max(1, of.revision - 1), leap: of.revision + 5 }[step];
  of.revision = Math.max(of.revision, revision);
  return revision;
}
