import { Pace, type RealClock } from '#clock';
import type { ReplayTurns } from '#warehouse';

/** The time of a replay: at a multiple of real time, standing, or wherever the messages are when it goes as fast as it can. */
export class DrivenPace {
  #pace: Pace;
  #speed: number | null = null;
  #paused = false;

  constructor(
    private readonly clock: RealClock,
    start: number,
    turns: Pick<ReplayTurns, 'speed' | 'paused'>,
  ) {
    this.#pace = new Pace(clock, start, 0);
    this.turn(turns);
  }

  get fast(): boolean {
    return this.#speed === null && !this.#paused;
  }

  get paused(): boolean {
    return this.#paused;
  }

  /** Up to when messages are due; Infinity when all are. */
  get due(): number {
    return this.fast ? Infinity : this.#pace.now();
  }

  /** Real milliseconds until an instant is due. */
  until(at: number): number {
    return this.#paused ? Infinity : this.fast ? 0 : this.#pace.until(at);
  }

  /** Goes on from where it is as somebody said. */
  turn({ speed, paused }: Pick<ReplayTurns, 'speed' | 'paused'>): void {
    if (speed === this.#speed && paused === this.#paused) return;
    [this.#speed, this.#paused] = [speed, paused];
    this.#pace.setSpeed(paused ? 0 : (speed ?? 0));
  }

  /** The messages are here. At full speed they are what moves time. */
  passed(at: number): void {
    if (this.fast && at > this.#pace.now()) this.#pace = new Pace(this.clock, at, 0);
  }
}
