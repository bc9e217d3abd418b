import fc from 'fast-check';
import { describeDifferences, type Fault } from '#testing';
import type { Level } from '#warehouse';
import { changes, revisions, type Desk } from './desk.js';
import type { ShopUnderFaults } from './shop-under-faults.js';

type Command = fc.AsyncCommand<Desk, ShopUnderFaults>;

/** One thing that happens; its words are what a failing run prints. */
class Happening implements Command {
  constructor(
    private readonly words: string,
    private readonly act: (shop: ShopUnderFaults, desk: Desk) => Promise<void> | void,
    private readonly possible: (desk: Readonly<Desk>) => boolean = () => true,
  ) {}

  check(desk: Readonly<Desk>): boolean {
    return this.possible(desk);
  }

  async run(desk: Desk, shop: ShopUnderFaults): Promise<void> {
    await this.act(shop, desk);
  }

  toString(): string {
    return this.words;
  }
}

const seed = fc.nat(9_999);
const pick = fc.nat(99);
/** One message in six is held back until others were sent. */
const held = fc.nat(5).map((number) => number === 0);
const step = fc.constantFrom('next', 'next', ...revisions);
const which = fc.nat(1);

/** Where a process may die, or a statement fail: the more statements an act has, the further it reaches. */
const fault = fc.record<Fault>({
  kind: fc.constantFrom('crash', 'crash', 'failure'),
  at: fc.integer({ min: 1, max: 20 }),
  carriedOut: fc.boolean(),
});

const words = ({ kind, at, carriedOut }: Fault): string => `${kind} ${carriedOut ? 'after' : 'before'} statement ${at}`;
const later = (isHeld: boolean): string => (isHeld ? ', held back' : '');

/** What the shop says. */
const sayings = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(seed, fc.nat(7), held)
      .map(
        ([s, late, h]) => new Happening(`sell(${s}) ${late} months late${later(h)}`, (shop, desk) => shop.append(desk.sell(s, late), h)),
      ),
  },
  {
    weight: 8,
    arbitrary: fc.tuple(pick, fc.constantFrom(...changes), step, seed, held).map(
      ([p, change, r, s, h]) =>
        new Happening(
          `correct(${p}, ${change}, revision ${r}, ${s})${later(h)}`,
          (shop, desk) => shop.append(desk.correct(p, change, r, s), h),
          (desk) => desk.orders > 0,
        ),
    ),
  },
  {
    weight: 4,
    arbitrary: fc
      .tuple(pick, fc.constantFrom('sold', 'sold', 'next', 'none'), fc.boolean(), seed, held)
      .map(
        ([p, of, refunded, s, h]) =>
          new Happening(`take back(${p}, ${of}, ${refunded ? 'refunded' : 'requested'}, ${s})${later(h)}`, (shop, desk) =>
            shop.append(desk.takeBack(p, of, refunded, s), h),
          ),
      ),
  },
  {
    weight: 4,
    arbitrary: fc.tuple(pick, step, seed, held).map(
      ([p, r, s, h]) =>
        new Happening(
          `alter return(${p}, revision ${r}, ${s})${later(h)}`,
          (shop, desk) => shop.append(desk.alterReturn(p, r, s), h),
          (desk) => desk.returns > 0,
        ),
    ),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(seed, held)
      .map(([s, h]) => new Happening(`announce(${s})${later(h)}`, (shop, desk) => shop.append(desk.announce(s), h))),
  },
  { weight: 1, arbitrary: pick.map((p) => new Happening(`poison(${p})`, (shop, desk) => shop.append(desk.poison(p), false))) },
  {
    weight: 3,
    arbitrary: fc.tuple(pick, fc.boolean()).map(
      ([p, other]) =>
        new Happening(
          `repeat(${p}${other ? ', in other bytes' : ''})`,
          (shop, desk) => shop.append(desk.repeat(p, other), false),
          (desk) => desk.said > 0,
        ),
    ),
  },
  { weight: 2, arbitrary: seed.map((s) => new Happening(`release(${s})`, (shop) => shop.release(s))) },
);

const compared = (level: Level) => async (shop: ShopUnderFaults) => {
  const differences = await shop.differencesNow(level);
  if (differences.length > 0) throw new Error(`The ${level} level: ${describeDifferences(differences)}`);
};

/** What the pipeline does when all goes well. */
const workings = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(fc.option(pick, { nil: undefined, freq: 2 }), fc.integer({ min: 1, max: 12 }))
      .map(([p, most]) => new Happening(`fetch(${p === undefined ? 'all' : p}, ${most})`, (shop) => shop.fetch(p, most))),
  },
  { weight: 2, arbitrary: which.map((w) => new Happening(`flush(${w})`, (shop) => shop.flush(w))) },
  { weight: 6, arbitrary: fc.constant(new Happening('step', (shop) => shop.step())) },
  { weight: 2, arbitrary: fc.constant(new Happening('settle', (shop) => shop.settle())) },
  { weight: 1, arbitrary: fc.constant(new Happening('views', (shop) => shop.views())) },
  { weight: 2, arbitrary: fc.constant(new Happening('wait', (shop) => shop.wait())) },
  { weight: 1, arbitrary: fc.constantFrom<Level>('live', 'settled').map((level) => new Happening(`compare ${level}`, compared(level))) },
);

/** What goes wrong. */
const troubles = fc.oneof(
  { weight: 3, arbitrary: fault.map((f) => new Happening(`step, ${words(f)}`, (shop) => shop.step(f))) },
  { weight: 6, arbitrary: fault.map((f) => new Happening(`settle, ${words(f)}`, (shop) => shop.settle(f))) },
  { weight: 1, arbitrary: fault.map((f) => new Happening(`views, ${words(f)}`, (shop) => shop.views(f))) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.integer({ min: 1, max: 12 }), fault)
      .map(([most, f]) => new Happening(`fetch(all, ${most}), ${words(f)}`, (shop) => shop.fetch(undefined, most, f))),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(which, fault).map(([w, f]) => new Happening(`flush(${w}), ${words(f)}`, (shop) => shop.flush(w, f))),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(which, fc.option(fault, { nil: undefined }))
      .map(([w, f]) => new Happening(`restart(${w})${f ? `, ${words(f)}` : ''}`, (shop) => shop.restart(w, f))),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(pick, fc.boolean())
      .map(([p, zombie]) => new Happening(`rebalance(${p}${zombie ? ', zombie' : ''})`, (shop) => shop.rebalance(p, zombie))),
  },
  {
    weight: 2,
    arbitrary: fc
      .option(fault, { nil: undefined })
      .map((f) => new Happening(`hand over${f ? `, ${words(f)}` : ''}`, (shop) => shop.handOver(f))),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(pick, fc.constantFrom(0.4, 1))
      .map(([p, share]) => new Happening(`lose unread(${p}, ${share})`, (shop) => shop.loseUnread(p, share))),
  },
  { weight: 1, arbitrary: pick.map((p) => new Happening(`recreate(${p})`, (shop) => shop.recreate(p))) },
);

const mostCommands = 100;

/** Everything that may happen to a shop, in any order. @param replayPath of a failing run */
export const commands = (replayPath?: string) =>
  fc.commands([fc.oneof({ weight: 10, arbitrary: sayings }, { weight: 6, arbitrary: workings }, { weight: 5, arbitrary: troubles })], {
    maxCommands: mostCommands,
    size: 'max',
    ...(replayPath === undefined ? {} : { replayPath }),
  });
