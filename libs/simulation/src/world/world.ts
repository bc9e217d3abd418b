import { dayMs, lastDay, worldEnd, worldStart } from '../law/calendar.js';
import { profileOf, type LoadSize, type Profile } from '../law/profiles.js';
import { Season } from '../law/season.js';
import { Names } from '../random/names.js';
import { SimulationError } from '../simulation.errors.js';
import type { Law } from './buyer-path.js';
import { DayEngine, type PlacedOrder } from './day-engine.js';
import { EventMaker, type WorldEvent } from './event-maker.js';
import type { Timed } from './happenings.js';
import { stockMemory } from './stock.js';

export interface WorldOptions {
  /** `seed`, `rich` or `load`, or a profile of one's own. */
  readonly profile: string | Profile;
  /** 0 to 2^53 - 1; the profile's own when left out. */
  readonly seed?: number | undefined;
  /** Of profile `load`. */
  readonly size?: LoadSize | undefined;
}

/** Raised with every change of what a seed gives: a cursor of another law is not gone on with. */
const lawRevision = 2;

/**
 * A simulated shop: two years of history and what follows, as events in the order of their recorded time. It holds no state:
 * everything is a function of profile and seed, so a place in it is an instant and nothing else.
 */
export class World {
  readonly profile: Profile;
  readonly seed: number;
  /** First instant, and the one at which the history ends; Unix milliseconds. */
  readonly start = worldStart;
  readonly end = worldEnd;
  readonly law: Law;

  /** @throws {SimulationError} `profile-unknown`, `size-invalid`, `seed-invalid` */
  constructor(options: WorldOptions) {
    this.profile = typeof options.profile === 'string' ? profileOf(options.profile, options.size) : options.profile;
    this.seed = options.seed ?? this.profile.defaultSeed;
    if (!Number.isSafeInteger(this.seed) || this.seed < 0)
      throw new SimulationError('seed-invalid', `The seed ${this.seed} is not a whole number from 0 to ${Number.MAX_SAFE_INTEGER}.`);
    this.law = { seed: this.seed, profile: this.profile, season: new Season() };
  }

  /** The `source` of its events. */
  get source(): string {
    return `/tideline/simulator/${this.profile.name}/${this.seed}`;
  }

  /** What must be equal for two worlds to be one. */
  get identity(): string {
    return `seed ${this.seed}, law ${lawRevision}, ${JSON.stringify(this.profile)}`;
  }

  /** The two years of history. */
  *history(): Generator<WorldEvent, void, undefined> {
    for (const event of this.after(this.start - 1)) {
      if (event.at >= this.end) return;
      yield event;
    }
  }

  /**
   * Every event with a recorded time after an instant, up to the end of 2099: the same as an uninterrupted run gives from there on.
   * The way to the instant is walked at the first `next`, without making events: about 0.35 s for the history of `seed`.
   */
  *after(instant: number): Generator<WorldEvent, void, undefined> {
    const maker = new EventMaker(this.law, this.source, this.#names);
    for (const { happening, placed } of this.#happenings(instant)) yield maker.event(happening, placed);
  }

  readonly #names = new Names();

  *#happenings(after: number): Generator<{ happening: Timed; placed: PlacedOrder | undefined }, void, undefined> {
    const engine = new DayEngine(this.law, this.#names);
    while (engine.day < lastDay) {
      const wholeDay = worldStart + (engine.day + 1) * dayMs <= after;
      for (const happening of engine.next(wholeDay)) {
        const wanted = !wholeDay && happening.at > after;
        let placed: PlacedOrder | undefined;
        if (happening.kind === 'ordered')
          placed = engine.place(happening.path, happening.order, happening.at, happening.at > after - stockMemory);
        else if (happening.kind === 'return-requested') engine.request(happening.pending);
        else if (happening.kind === 'stock-counted') engine.count(happening.count, happening.at);
        if (wanted) yield { happening, placed };
      }
    }
  }
}
