import { topics } from '#contracts';
import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { z } from 'zod';
import { dayMs, worldStart } from '../law/calendar.js';
import { customerTypes, historyDays } from '../law/constants.data.js';
import { profileOf, type Profile } from '../law/profiles.js';
import { Season } from '../law/season.js';
import { BuyerPath } from './buyer-path.js';
import type { WorldEvent } from './event-maker.js';
import { latentOf } from './latent.js';
import { registrationOf } from './registrations.js';
import { monthOf, retentionOf, shapeOf, type Shape } from './shape.js';
import { World } from './world.js';

// Two years are made several times; a machine may be busy with other things.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

/** The figures of docs/simulation.md, with how far a world may lie from them. */
const bands: readonly (readonly [name: string, of: (shape: Shape) => number, target: number, share: number])[] = [
  ['transactions', (shape) => shape.orders, 45_958, 0.01],
  ['returns', (shape) => shape.returns, 1_656, 0.05],
  ['buyers', (shape) => shape.buyers, 12_278, 0.025],
  ['revenue', (shape) => shape.revenue, 33.1e6, 0.03],
  ['average order value', (shape) => shape.revenue / shape.orders, 716, 0.03],
  ['retention, month 1', (shape) => shape.retention[1] ?? 0, 0.103, 0.1],
  ['retention, month 3', (shape) => shape.retention[3] ?? 0, 0.115, 0.1],
  ['retention, month 6', (shape) => shape.retention[6] ?? 0, 0.119, 0.1],
  ['retention, month 12', (shape) => shape.retention[12] ?? 0, 0.104, 0.1],
];

const outside = (shape: Shape): string[] =>
  bands.filter(([, of, target, share]) => Math.abs(of(shape) / target - 1) > share).map(([name]) => name);

/** A shop small enough to be made again and again. */
const small = { ...profileOf('rich'), name: 'small', customers: 300, products: 40 };

let history: WorldEvent[];
beforeAll(() => {
  history = [...new World({ profile: 'seed' }).history()];
});

describe('the world of profile seed', () => {
  it('has exactly its customers, products and campaigns', () => {
    expect(shapeOf(history)).toMatchObject({ customers: 50_000, products: 1_000, campaigns: 12 });
  });

  it('lies inside every band', () => {
    expect(outside(shapeOf(history))).toEqual([]);
  });

  it.each([
    ['nu', { nu: 0.0058 }],
    ['q', { q: 0.5 }],
    ['c', { c: 0.27 }],
    ['returns factor', { returnsFactor: 1.12 }],
    ['rho', { rho: 0.4 }],
  ])('leaves a band when %s is wrong', (_, wrong) => {
    // Orders alone, without their events: that is where all of these act.
    const shape = pathsOf({ ...profileOf('seed'), ...wrong });
    expect(outside({ ...shape, revenue: shape.orders * 716 })).not.toEqual([]);
  });

  it('is what the paths of its customers say', () => {
    const { buyers, orders } = shapeOf(history);
    expect(pathsOf(profileOf('seed'))).toMatchObject({ buyers, orders });
  });

  it('has these bytes, on every run', () => {
    expect(hashOf(history)).toBe('a2064c7761ac8e75');
    expect(hashOf(new World({ profile: 'seed' }).history())).toBe('a2064c7761ac8e75');
  });

  it('is, but for its counts of stock, what it was before anybody counted', () => {
    expect(hashOf(history.filter((event) => !isCount(event)))).toBe('846871855ad10004');
  });

  it('comes in the order of recorded time, and ends with the history', () => {
    const world = new World({ profile: 'seed' });
    expect(history.every(({ at }, index) => at >= (history[index - 1]?.at ?? world.start) && at < world.end)).toBe(true);
  });

  it('makes events of the contracts', () => {
    const contracts = new Map(
      Object.values(topics).flatMap(({ events }) => events.map((contract) => [contract.shape.type.value as string, contract as z.ZodType])),
    );
    const left = new Map([...contracts.keys()].map((type) => [type, 50]));
    for (const { value } of history) {
      const { type } = JSON.parse(value) as { type: string };
      const some = left.get(type) ?? 0;
      if (some === 0) continue;
      left.set(type, some - 1);
      expect(contracts.get(type)?.safeParse(JSON.parse(value)).error).toBeUndefined();
    }
    const unseen = [...left].filter(([, some]) => some === 50).map(([type]) => type);
    expect(unseen.filter((type) => /customer\.(?!scored)|product|return|placed|started|ended|day-reported/.test(type))).toEqual([]);
  });

  it('tells nothing latent', () => {
    const keys = new Set<string>();
    const collect = (value: unknown): void => {
      if (typeof value !== 'object' || value === null) return;
      for (const [key, inner] of Object.entries(value)) {
        if (!Array.isArray(value)) keys.add(key);
        collect(inner);
      }
    };
    const texts = new Set(customerTypes.map(({ name }) => `"${name}"`));
    for (const { value } of history) {
      for (const text of texts) if (value.includes(text)) expect.fail(`An event says ${text}: ${value}`);
      collect(JSON.parse(value));
    }
    // A list of what may be said, so that whatever is added has to be thought about.
    expect([...keys].sort()).toEqual(
      (
        'acquisitionChannel amount brand budget campaignId category channel city clicks consent cost countedAt country currency customerId data ' +
        'date discount email endsAt id impressions kind line lines name orderId orderLine orderedAt paymentMethod price productId ' +
        'quantity reason recordedtime refundedAt region registeredAt requestedAt returnId revision shipping sku source specversion ' +
        'spend startsAt status subcategory subject tax time type unitCost unitPrice units'
      ).split(' '),
    );
  });
});

describe('any world', () => {
  it('is another with another seed', () => {
    const first = (seed: number): string => JSON.stringify([...new World({ profile: small, seed }).history()].slice(0, 100));
    expect(first(1)).toBe(first(1));
    expect(first(1)).not.toBe(first(2).replaceAll('/small/2', '/small/1'));
  });

  it('goes on from any instant as if it had never stopped', () => {
    const world = new World({ profile: small, seed: 7 });
    const end = world.end + 40 * 86_400_000;
    const whole = take(world, world.start - 1, end);
    expect(whole.some(({ at }) => at > world.end)).toBe(true);
    for (let stop = 0; stop < whole.length; stop += Math.ceil(whole.length / 12)) {
      const after = whole[stop]?.at ?? 0;
      // A world of its own each time: nothing may hang on what another one has done.
      expect(take(new World({ profile: small, seed: 7 }), after, end)).toEqual(whole.filter(({ at }) => at > after));
    }
  });

  it('names what it was before it is named', () => {
    const known = new Set<string>();
    for (const { value } of new World({ profile: small, seed: 3 }).history()) {
      const { subject, data } = JSON.parse(value) as { subject: string; data: Record<string, unknown> };
      known.add(subject);
      for (const id of [data['customerId'], data['orderId'], data['campaignId']])
        if (typeof id === 'string' && !known.has(id)) expect.fail(`${subject} names ${id}, which nothing has told of.`);
    }
  });

  it('of profile load has the size that was asked for', () => {
    const size = { customers: 3_000, products: 50, orders: 12_000 };
    const shape = shapeOf(new World({ profile: 'load', size }).history());
    expect(shape).toMatchObject({ customers: 3_000, products: 50 });
    expect(Math.abs(shape.orders / size.orders - 1)).toBeLessThan(0.05);
  });

  it('of profile rich has its figures', () => {
    const shape = pathsOf(profileOf('rich'));
    expect(Math.abs(shape.buyers / 24_470 - 1)).toBeLessThan(0.02);
    expect(Math.abs(shape.orders / 122_500 - 1)).toBeLessThan(0.02);
    expect(Math.abs(shape.returns / shape.orders / 0.057 - 1)).toBeLessThan(0.05);
    expect(Math.abs((shape.retention[1] ?? 0) / 0.26 - 1)).toBeLessThan(0.05);
  });

  it('says what is wrong with what was asked for', () => {
    expect(() => new World({ profile: 'poor' })).toThrow(/no profile poor.*seed, rich, load/);
    expect(() => new World({ profile: 'seed', seed: -1 })).toThrow(/seed -1/);
    expect(() => new World({ profile: 'load', size: { customers: 0, products: 1, orders: 1 } })).toThrow(/0 customers/);
  });
});

function isCount({ value }: WorldEvent): boolean {
  return value.includes('"type":"tideline.product.stock-counted.v1"');
}

function hashOf(events: Iterable<WorldEvent>): string {
  const hash = createHash('sha256');
  for (const { topic, key, value } of events) hash.update(`${topic} ${key} ${value}\n`);
  return hash.digest('hex').slice(0, 16);
}

/** The shape of a history from the walk of its customers; products, money and campaigns aside. */
function pathsOf(profile: Profile, seed = profile.defaultSeed): Shape {
  const law = { seed, profile, season: new Season() };
  const shape = { customers: 0, products: 0, campaigns: 0, buyers: 0, orders: 0, returns: 0, revenue: 0 };
  const lives: number[][] = [];
  for (let customer = 0; customer < profile.customers; customer += 1) {
    const latent = latentOf(seed, customer, profile);
    if (!latent.buys) continue;
    const path = new BuyerPath(law, customer, latent, registrationOf(seed, customer, profile));
    const months: number[] = [];
    while (path.next < historyDays) {
      const { at, fate } = path.take();
      months.push(monthOf(new Date(worldStart + at * dayMs)));
      shape.orders += 1;
      if (fate && at + fate.delay < historyDays) shape.returns += 1;
    }
    if (months.length > 0) lives.push(months);
  }
  return { ...shape, buyers: lives.length, retention: retentionOf(lives) };
}

function take(world: World, after: number, until: number): WorldEvent[] {
  const taken: WorldEvent[] = [];
  for (const event of world.after(after)) {
    if (event.at >= until) return taken;
    taken.push(event);
  }
  return taken;
}
