import { aCampaign, aCampaignDay, aCustomer, aProduct, aStockCount, aTick, type TestMessage } from '../builders/index.js';
import { hotInstants } from './hot-instants.js';
import { poison } from './poison.js';
import { Random } from './random.js';
import type { Scenario } from './scenario.js';
import { orderStory, type Shelf } from './stories.js';

export interface SeededShopOptions {
  /** IANA name. The scenario puts many orders around its midnights, month ends and changes of the clock. */
  readonly timeZone?: string;
  readonly currency?: string;
  readonly orders?: number;
  readonly customers?: number;
  readonly products?: number;
}

const day = 24 * 3_600_000;

/**
 * A shop in which everything happens that may: corrections of time (away and back), customer, amount and lines,
 * cancellations and revivals, guests, refunds before their orders, of cancelled and of unknown orders, moved from order to
 * order, two contents of one revision, unknown products, customers and campaigns, counts of stock and counts taken back, messages that must not count, repeats.
 * Messages come roughly in the order of time. Same seed and options, same bytes.
 */
export function seededShop(seed: number, options: SeededShopOptions = {}): Scenario {
  const { timeZone = 'Europe/London', currency = 'GBP', orders = 150, customers = 30, products = 12 } = options;
  const random = new Random(seed);
  const known = (index: number): boolean => index % 4 !== 0;
  const shelf: Shelf = {
    currency,
    instants: hotInstants(timeZone, 2023),
    customers: Array.from({ length: customers }, (_, index) => String(index + 1)),
    products: Array.from({ length: products }, (_, index) => `p${index + 1}`),
    campaigns: ['spring', 'summer', 'never-announced'],
  };

  const timed: { at: number; message: TestMessage }[] = [];
  const arrive = (at: number, message: TestMessage): void => void timed.push({ at, message });
  const start = Date.parse('2023-01-01T00:00:00Z');
  const someTime = (): number => start + Math.floor(random.next() * 360 * day);

  shelf.products
    .filter((_, index) => known(index))
    .forEach((productId, index) => {
      const listed = {
        productId,
        currency,
        category: random.pick(['Drinks', 'Kitchen', 'Light']),
        brand: random.pick(['Clay', 'Leaf']),
        price: '10.00',
      };
      arrive(someTime(), aProduct({ ...listed, name: `Product ${index}`, subcategory: 'Old' }));
      if (random.chance(0.4)) arrive(someTime(), aProduct({ ...listed, revision: 2, name: `Product ${index}, renamed`, cost: '4.125' }));
    });
  shelf.customers
    .filter((_, index) => known(index))
    .forEach((customerId) => {
      arrive(
        someTime(),
        aCustomer({ customerId, name: `Customer ${customerId}`, country: 'United Kingdom', registeredAt: '2023-01-01T00:00:00.5Z' }),
      );
      if (random.chance(0.4))
        arrive(
          someTime(),
          aCustomer({ customerId, revision: 2, name: `Customer ${customerId}`, city: 'Łódź', consent: random.chance(0.5) }),
        );
    });
  for (const campaignId of ['spring', 'summer']) {
    const campaign = { campaignId, currency, name: campaignId, startsAt: '2023-03-01T00:00:00Z' };
    arrive(someTime(), aCampaign({ ...campaign, budget: '1000.00' }));
    arrive(someTime(), aCampaign({ ...campaign, revision: 2, status: 'ended', endsAt: '2023-09-01T00:00:00Z' }));
  }
  for (const campaignId of shelf.campaigns) {
    for (let count = 0; count < 8; count += 1) {
      const date = new Date(random.pick(shelf.instants)).toISOString().slice(0, 10);
      for (let revision = 1; revision <= random.whole(1, 3); revision += 1) {
        arrive(
          someTime(),
          aCampaignDay({
            campaignId,
            date,
            revision,
            currency,
            spend: `${random.whole(0, 90)}.${random.whole(100, 999)}`,
            clicks: random.whole(0, 50),
          }),
        );
      }
    }
  }
  for (let index = 1; index <= orders; index += 1) {
    const messages = orderStory(random, shelf, index, orders);
    const first = random.pick(shelf.instants);
    messages.forEach((message, step) => arrive(first + step * day + Math.floor(random.next() * 5 * day), message));
  }
  for (const { message } of poison(currency)) arrive(someTime(), message);
  for (let month = 1; month <= 12; month += 1) {
    const now = `2023-${String(month).padStart(2, '0')}-28T12:00:00Z`;
    arrive(Date.parse(now), aTick({ now, speed: 60, offsets: { 'transactions.v1-0': String(month) } }));
  }
  // Numbers of their own: what else a seed holds stays what it is. A product may be counted that nothing else names.
  const counter = new Random(seed + 7_919);
  for (const productId of [...shelf.products.slice(0, 4), 'counted-only']) {
    for (let count = 0; count < 3; count += 1) {
      const second = Math.floor(counter.pick(shelf.instants) / 1_000) * 1_000;
      const countedAt = new Date(second).toISOString().replace('.000Z', 'Z');
      for (let revision = 1; revision <= counter.whole(1, 2); revision += 1) {
        const units = counter.chance(0.15) ? null : counter.whole(0, 200);
        arrive(second + Math.floor(counter.next() * 20 * day), aStockCount({ productId, countedAt, revision, units }));
      }
    }
  }
  // A second copy a little later, of one message in ten.
  for (const { at, message } of [...timed]) if (random.chance(0.1)) arrive(at + Math.floor(random.next() * 10 * day), message);

  return { shop: { timeZone, currency }, messages: timed.sort((a, b) => a.at - b.at).map(({ message }) => message) };
}
