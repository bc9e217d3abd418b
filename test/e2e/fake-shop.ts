import type { AlertSort, FeedItem, PipelineSnapshot, RoomData, RoomName, ShopAnswer, HeadlineFigures } from '#contracts';
import type { FakeDemand } from './fake-demand.js';
import { FakeMarketing } from './fake-marketing.js';
import type { FakeRoles } from './fake-models.js';

/** A shop of the fake gateway: figures that a test sets, and a feed that it fills. */
export interface FakeShop {
  readonly settings: ShopAnswer;
  /** The shop's now; null before its source has told one. */
  now: string | null;
  lagMs: number;
  gross: bigint;
  orders: number;
  /** Gross sales of the period before, in millionths. */
  before: bigint;
  items: FeedItem[];
  pipeline: PipelineSnapshot['data'];
  readonly marketing: FakeMarketing;
  readonly models: FakeRoles;
  /** What is known of its scores: nothing yet, some months, or that they do not fit. */
  board: 'young' | 'known' | 'alarm';
  demand: FakeDemand;
  sell(amount: string, item?: Partial<FeedItem>): void;
}

const now = '2011-12-09T12:50:00Z';

export function emptyShop(settings: ShopAnswer): FakeShop {
  const shop: FakeShop = {
    settings,
    now,
    lagMs: 40,
    gross: 0n,
    orders: 0,
    before: 0n,
    items: [],
    marketing: new FakeMarketing(),
    models: { active: null, shadow: null, value: null },
    board: 'young',
    demand: 'none',
    pipeline: {
      state: 'running',
      lag: 0,
      waitingMs: 0,
      deadLetters: 0,
      audit: { at: new Date().toISOString(), ok: true },
      clock: { mode: 'source', now, speed: 1440 },
      alarms: [],
    },
    sell(amount, item = {}) {
      shop.gross += micros(amount);
      shop.orders += 1;
      const id = `event-${shop.orders}`;
      const order = {
        id,
        kind: 'order',
        entity: String(536_000 + shop.orders),
        time: shop.now ?? now,
        customer: null,
        country: 'France',
        amount: decimal(micros(amount)),
        units: 3,
      } as const;
      shop.items = [{ ...order, ...item }, ...shop.items];
    },
  };
  return shop;
}

/** A shop that looks like one at work: for pictures, and for what only shows with many digits and lines. */
export function fill(shop: FakeShop): void {
  const countries = ['United Kingdom', 'Germany', 'France', null, 'Channel Islands'];
  const kinds = ['order', 'order', 'order', 'refund', 'order', 'correction', 'order', 'cancellation', 'order', 'return-request'] as const;
  for (let index = 0; index < 60; index += 1) {
    shop.now = new Date(Date.parse(now) - (60 - index) * 47_000).toISOString();
    shop.sell(`${(index * 37) % 900}.${String((index * 13) % 100).padStart(2, '0')}`, {
      kind: kinds[index % kinds.length] ?? 'order',
      country: countries[index % countries.length] ?? null,
      customer: index % 3 === 0 ? null : String(12_000 + index),
    });
  }
  shop.now = now;
  shop.gross = micros('10655622.484');
  shop.before = micros('9488001.125');
  shop.orders = 19_959;
}

/** What a room shows of a shop. */
export function dataOf<N extends RoomName>(shop: FakeShop, name: N, query: unknown): RoomData<N> {
  const { currency, timeZone } = shop.settings;
  const span = { from: '2011-12-09T00:00:00Z', to: shop.now };
  const asked = query as { period?: string; grain?: string; limit?: number | string; sort?: AlertSort };
  const figures = figuresOf(shop.gross, shop.orders);
  const earlier = figuresOf(shop.before, 17_204);
  const data: { [M in RoomName]: () => RoomData<M> } = {
    headline: () => ({
      currency,
      timeZone,
      ...span,
      figures,
      previous:
        shop.before === 0n
          ? null
          : { from: '2011-12-08T00:00:00Z', to: '2011-12-08T12:50:00Z', figures: earlier, change: changeOf(figures, earlier) },
      pace: { ordersPerShopHour: shop.orders === 0 ? 0 : 63, ordersPerRealMinute: shop.orders === 0 ? 0 : 1512 },
    }),
    series: () => ({ currency, timeZone, grain: asked.grain ?? 'hour', ...span, points: pointsOf(shop) }),
    feed: () => ({ currency, timeZone, items: shop.items.slice(0, Number(asked.limit ?? 50)) }),
    pipeline: () => shop.pipeline,
    alerts: () => {
      const items = shop.marketing.list({ state: 'open', ...(asked.sort && { sort: asked.sort }) });
      return { currency, timeZone, counts: shop.marketing.counts(), items: items.slice(0, Number(asked.limit ?? 50)) };
    },
  };
  return data[name]();
}

function pointsOf(shop: FakeShop): RoomData<'series'>['points'] {
  const hours = 13;
  return Array.from({ length: hours }, (_, hour) => {
    // A working day: quiet at night, a hump before noon, and a running hour that has only begun.
    const share = BigInt(Math.round(1_000 * Math.max(0.02, Math.sin((hour - 4) / 3)) * (hour === hours - 1 ? 0.6 : 1)));
    const gross = (shop.gross * share) / 6_000n;
    const { buyers, aovGross, aovNet, grossSales, discounts, returns, netSales, orders, units } = figuresOf(
      gross,
      Number((BigInt(shop.orders) * share) / 6_000n),
    );
    const at = String(hour).padStart(2, '0');
    return {
      bucket: `2011-12-09T${at}:00:00Z`,
      local: `2011-12-09T${at}:00`,
      complete: hour < hours - 1,
      grossSales,
      discounts,
      returns,
      netSales,
      orders,
      units,
      buyers,
      aovGross,
      aovNet,
    };
  });
}

function figuresOf(gross: bigint, orders: number): HeadlineFigures {
  const returns = (gross * 842n) / 10_000n;
  const perOrder = (sum: bigint): string | null => (orders === 0 ? null : ratio(sum / BigInt(orders)));
  return {
    grossSales: decimal(gross),
    discounts: '0.00',
    returns: decimal(returns),
    netSales: decimal(gross - returns),
    orders,
    units: orders * 3,
    buyers: Math.floor(orders / 4),
    aovGross: perOrder(gross),
    aovNet: perOrder(gross - returns),
    returnRate: '0.084200',
    returnedOrderRate: '0.084200',
  };
}

function changeOf(after: HeadlineFigures, before: HeadlineFigures): Record<string, { absolute: string | null; ratio: string | null }> {
  return Object.fromEntries(
    Object.keys(after).map((name) => {
      const [a, b] = [after, before].map((figures) => micros(String(figures[name as keyof HeadlineFigures] ?? '0')));
      const difference = (a ?? 0n) - (b ?? 0n);
      return [name, { absolute: decimal(difference), ratio: !b ? null : ratio((difference * 1_000_000n) / b) }];
    }),
  );
}

/** Millionths of a decimal string. */
export function micros(amount: string): bigint {
  const [whole = '0', fraction = ''] = amount.replace('-', '').split('.');
  const value = BigInt(whole) * 1_000_000n + BigInt(fraction.padEnd(6, '0').slice(0, 6));
  return amount.startsWith('-') ? -value : value;
}

function ratio(value: bigint): string {
  const digits = String(value < 0n ? -value : value).padStart(7, '0');
  return `${value < 0n ? '-' : ''}${digits.slice(0, -6)}.${digits.slice(-6)}`;
}

function decimal(value: bigint): string {
  const text = ratio(value);
  const trimmed = text.replace(/0+$/, '');
  return text.slice(0, Math.max(trimmed.length, text.length - 4));
}
