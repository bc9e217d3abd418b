import type { Campaign, Customer, Order, Product, Return } from '#contracts';
import type { Versions } from './winners.js';

/** Rows of one dimension. */
export interface DimensionRows<T> {
  /** Id -> what is known of it; undefined for a placeholder: named by something that counts, its own event never came. */
  readonly rows: ReadonlyMap<string, T | undefined>;
  /**
   * Ids that only a superseded version names. Whether they have a placeholder depends on what had arrived when: a row may be
   * there or not, but it must be a placeholder.
   */
  readonly mayExist: ReadonlySet<string>;
}

export interface Dimensions {
  readonly customers: DimensionRows<Customer>;
  readonly products: DimensionRows<Product>;
  readonly campaigns: DimensionRows<Campaign>;
  /** Places as JSON arrays of country, region, city; the value is always the place itself. */
  readonly geography: DimensionRows<readonly [country: string, region: string, city: string]>;
}

/** The dimensions: winners, placeholders, and the places of orders. Cancelled orders name things too. */
export function dimensionsOf(versions: Versions): Dimensions {
  const orders = [...versions.winners('order').values()];
  const returns = [...versions.winners('return').values()];
  const days = [...versions.winners('campaign-day').values()];
  const counts = [...versions.winners('stock-count').values()];
  const everyOrder = versions.all('order');
  const everyReturn = versions.all('return');

  const customersOf = (documents: readonly (Order | Return)[]) => documents.map(({ customerId }) => customerId);
  const productsOf = (documents: readonly (Order | Return)[]) => documents.flatMap(({ lines }) => lines.map(({ productId }) => productId));
  const campaignsOf = (documents: readonly Order[]) => documents.map(({ campaignId }) => campaignId);

  const places = new Map(orders.map((order) => [placeKey(placeOf(order)), placeOf(order)]));
  return {
    customers: rowsOf(versions.winners('customer'), customersOf([...orders, ...returns]), customersOf([...everyOrder, ...everyReturn])),
    products: rowsOf(
      versions.winners('product'),
      [...productsOf([...orders, ...returns]), ...counts.map(({ productId }) => productId)],
      productsOf([...everyOrder, ...everyReturn]),
    ),
    campaigns: rowsOf(
      versions.winners('campaign'),
      [...campaignsOf(orders), ...days.map(({ campaignId }) => campaignId)],
      campaignsOf(everyOrder),
    ),
    geography: { rows: places, mayExist: new Set(everyOrder.map((order) => placeKey(placeOf(order))).filter((key) => !places.has(key))) },
  };
}

/** A place as the key of a row. */
export function placeKey(place: readonly [string, string, string]): string {
  return JSON.stringify(place);
}

function placeOf(order: Order): readonly [string, string, string] {
  return [order.country ?? '', order.region ?? '', order.city ?? ''];
}

function rowsOf<T>(
  known: ReadonlyMap<string, T>,
  named: readonly (string | null | undefined)[],
  mentioned: readonly (string | null | undefined)[],
): DimensionRows<T> {
  const rows = new Map<string, T | undefined>(known);
  for (const id of named) if (id && !rows.has(id)) rows.set(id, undefined);
  return { rows, mayExist: new Set(mentioned.filter((id) => typeof id === 'string' && !rows.has(id)) as string[]) };
}
