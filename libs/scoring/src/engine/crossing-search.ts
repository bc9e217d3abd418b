import { bandOf, type Band } from './bands.js';
import { dayMs } from './advance.js';

/** How far ahead a crossing is looked for. */
export const daysAhead = 365;

/** A customer at an instant, if nothing happened until then. */
export interface Point {
  /** Unix milliseconds. */
  readonly at: number;
  readonly probability: number;
  /** [F] features and [F] contributions. */
  readonly row: Float32Array;
  readonly contrib: Float32Array;
}

/** The least and the highest probability between two points; undefined where nobody can tell. */
export type Bounds = (from: Point, to: Point) => readonly [least: number, highest: number] | undefined;

/** When a band changes by silence alone, and into which. */
export interface Crossing {
  /** Unix milliseconds: the first at which the customer is in `band`. */
  readonly at: number;
  readonly band: Band;
  /** At that instant. */
  readonly probability: number;
}

/**
 * The search for one customer's next crossing, without effects: it says which instant it wants to know, and takes the answer.
 *
 * The grid is every midnight of UTC in the year ahead, the same for all instants that one may start from. The first midnight in another
 * band counts; between it and the one before, the millisecond is found by halving. Stretches of midnights that the bounds prove to lie in
 * the held band are left out whole: what is found is what all 365 midnights would show (`crossing.spec.ts` compares them).
 */
export class CrossingSearch {
  found: Crossing | undefined;
  /** The instant to be scored next; undefined at the end. */
  wanted: number | undefined;
  private readonly firstMidnight: number;
  private readonly last: number;
  /** Everything up to this place of the grid is in the held band. Place 0 is the start itself. */
  private left = 0;
  private start: Point | undefined;
  private leftPoint: Point | undefined;
  /** Places to the right of it that are known, the nearest last. */
  private readonly rights: { readonly place: number; readonly point: Point }[] = [];
  /** Once the day is known: the last instant known to be in the held band, and the first known not to be. */
  private halving: { low: number; high: Point } | undefined;

  constructor(
    private readonly asOf: number,
    private held: Band | undefined,
    private readonly bounds: Bounds,
  ) {
    this.firstMidnight = Math.floor(asOf / dayMs) + 1;
    this.last = Math.floor((asOf + daysAhead * dayMs) / dayMs) - this.firstMidnight + 1;
    this.wanted = asOf;
  }

  /** The answer for the instant that was wanted. */
  take(point: Point): void {
    if (Number.isNaN(point.probability)) return this.end();
    if (!this.start) {
      this.start = this.leftPoint = point;
      this.held ??= bandOf(point.probability);
      this.wanted = this.instantOf(this.last);
      return;
    }
    if (this.halving) return this.halve(point);
    this.rights.push({ place: this.placeOf(point.at), point });
    this.look();
  }

  /** Moves right over what is settled, until something must be asked. */
  private look(): void {
    for (let right = this.rights.at(-1); right && this.leftPoint; right = this.rights.at(-1)) {
      const away = bandOf(right.point.probability) !== this.held;
      const next = right.place - this.left === 1;
      if (away && next) {
        this.halving = { low: this.instantOf(this.left), high: right.point };
        return this.ask(this.halving);
      }
      if (!away && (next || this.proved(this.leftPoint, right.point))) {
        [this.left, this.leftPoint] = [right.place, right.point];
        this.rights.pop();
        continue;
      }
      this.wanted = this.instantOf((this.left + right.place) >> 1);
      return;
    }
    this.end();
  }

  private proved(from: Point, to: Point): boolean {
    const [least, highest] = this.bounds(from, to) ?? [NaN, NaN];
    return least >= 0 && highest <= 1 && bandOf(least) === this.held && bandOf(highest) === this.held;
  }

  private halve(point: Point): void {
    if (!this.halving) return;
    this.halving = bandOf(point.probability) === this.held ? { ...this.halving, low: point.at } : { ...this.halving, high: point };
    this.ask(this.halving);
  }

  private ask({ low, high }: { low: number; high: Point }): void {
    if (high.at - low > 1) {
      this.wanted = Math.floor((low + high.at) / 2);
      return;
    }
    this.found = { at: high.at, band: bandOf(high.probability), probability: high.probability };
    this.end();
  }

  private end(): void {
    this.wanted = undefined;
  }

  private instantOf(place: number): number {
    return place === 0 ? this.asOf : (this.firstMidnight + place - 1) * dayMs;
  }

  private placeOf(instant: number): number {
    return instant / dayMs - this.firstMidnight + 1;
  }
}
