import { bandOf, type Band } from './bands.js';
import { dayMs } from './advance.js';

/** How far ahead a crossing is looked for. */
export const daysAhead = 365;
/**
 * How soon one may come. Days are float32: a year's have steps of 2.6 seconds, five years' of 10. Nearer than that, a row that is computed
 * anew at its crossing may still be in the old band, and would be sent on by a millisecond again and again.
 */
export const leastAheadMs = 60_000;

/** A customer at an instant, if nothing happened until then. */
export interface Point {
  /** Unix milliseconds. */
  readonly at: number;
  readonly probability: number;
  /** What the bounds keep of its row and contributions; not asked for where the millisecond is looked for. */
  readonly kept?: Kept;
}

/** Some numbers of a point, in an order that its bounds know. */
export type Kept = readonly number[];

/** What lies between two points, from what is known of both. */
export interface Bounds {
  /** @param row [F] features and [F] contributions of a point; neither is held on to */
  readonly keep: (at: number, row: Float32Array, contrib: Float32Array) => Kept;
  /** The least and the highest probability between two points, in this order; undefined where nobody can tell. */
  readonly between: (from: Kept, to: Kept) => readonly [least: number, highest: number] | undefined;
}

/** When a band changes by silence alone, and into which. */
export interface Crossing {
  /** Unix milliseconds: the first, a minute or more ahead, at which the customer is in `band`. */
  readonly at: number;
  readonly band: Band;
  /** At that instant. */
  readonly probability: number;
}

/**
 * The search for one customer's next crossing, without effects: it says which instant it wants to know, and takes the answer.
 *
 * The grid is a minute ahead, then every midnight of UTC in the year, the same for all instants that one may start from. The first of them
 * in another band counts; between it and the one before, the millisecond is found by halving. Stretches of midnights that the bounds prove to lie in
 * the held band are left out whole: what is found is what all 365 midnights would show (`crossing.spec.ts` compares them).
 */
export class CrossingSearch {
  found: Crossing | undefined;
  /** The instant to be scored next; undefined at the end. */
  wanted: number | undefined;
  private readonly firstMidnight: number;
  private readonly last: number;
  /** Everything up to this place of the grid is in the held band. Place 0 is the start itself, 1 a minute later, then midnights. */
  private left = 0;
  private asked = 0;
  private start: Point | undefined;
  private leftPoint: Point | undefined;
  /** Places to the right of it that are known, the nearest last. */
  private readonly rights: { readonly place: number; readonly point: Point }[] = [];
  /** Once the day is known: the first point known not to be in the held band, and the last instant known to be. */
  private high: Point | undefined;
  private low = NaN;

  constructor(
    private readonly asOf: number,
    private held: Band | undefined,
    private readonly bounds: Pick<Bounds, 'between'>,
    until = Infinity,
    private readonly withinMs = 1,
  ) {
    this.firstMidnight = Math.floor((asOf + leastAheadMs) / dayMs) + 1;
    // The midnight after `until` is the last that can have a crossing before it.
    const days = Math.min(Math.floor((asOf + daysAhead * dayMs) / dayMs), Math.floor(until / dayMs) + 1);
    this.last = Math.max(days - this.firstMidnight + 2, 1);
    this.wanted = asOf;
  }

  /** Whether the day is known and its millisecond looked for: a probability is all that is wanted then. */
  get probabilityWillDo(): boolean {
    return this.high !== undefined;
  }

  /** The answer for the instant that was wanted. */
  take(point: Point): void {
    if (Number.isNaN(point.probability)) return this.end();
    if (!this.start) {
      this.start = this.leftPoint = point;
      this.held ??= bandOf(point.probability);
      return this.askAt(this.last);
    }
    if (this.high) return this.halve(point);
    this.rights.push({ place: this.asked, point });
    this.look();
  }

  /** Moves right over what is settled, until something must be asked. */
  private look(): void {
    for (let right = this.rights.at(-1); right && this.leftPoint; right = this.rights.at(-1)) {
      const away = bandOf(right.point.probability) !== this.held;
      const next = right.place - this.left === 1;
      if (away && next) {
        // Before the first place nothing is looked at.
        [this.low, this.high] = [right.place === 1 ? right.point.at - 1 : this.instantOf(this.left), right.point];
        return this.narrow(this.high);
      }
      if (!away && (next || this.proved(this.leftPoint, right.point))) {
        [this.left, this.leftPoint] = [right.place, right.point];
        this.rights.pop();
        continue;
      }
      return this.askAt((this.left + right.place) >> 1);
    }
    this.end();
  }

  private proved(from: Point, to: Point): boolean {
    if (!from.kept || !to.kept) return false;
    const [least, highest] = this.bounds.between(from.kept, to.kept) ?? [NaN, NaN];
    return least >= 0 && highest <= 1 && bandOf(least) === this.held && bandOf(highest) === this.held;
  }

  private halve(point: Point): void {
    if (bandOf(point.probability) === this.held) this.low = point.at;
    else this.high = point;
    if (this.high) this.narrow(this.high);
  }

  private narrow(high: Point): void {
    if (high.at - this.low > this.withinMs) {
      this.wanted = Math.floor((this.low + high.at) / 2);
      return;
    }
    this.found = { at: high.at, band: bandOf(high.probability), probability: high.probability };
    this.end();
  }

  private end(): void {
    this.wanted = undefined;
  }

  private askAt(place: number): void {
    this.asked = place;
    this.wanted = this.instantOf(place);
  }

  private instantOf(place: number): number {
    if (place < 2) return this.asOf + place * leastAheadMs;
    return (this.firstMidnight + place - 2) * dayMs;
  }
}
