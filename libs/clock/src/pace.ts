import type { RealClock } from './real-clock.js';

/** Shop time that runs at a multiple of real time from where it was set. */
export class Pace {
  #shop: number;
  #real: number;
  #speed: number;

  /**
   * @param shop instant at which shop time stands now, Unix milliseconds
   * @param speed shop seconds per real second
   */
  constructor(
    private readonly clock: RealClock,
    shop: number,
    speed: number,
  ) {
    this.#shop = shop;
    this.#real = clock.now();
    this.#speed = speed;
  }

  get speed(): number {
    return this.#speed;
  }

  /** Shop time now, whole milliseconds. */
  now(): number {
    return Math.floor(this.#shop + (this.clock.now() - this.#real) * this.#speed);
  }

  /** Real milliseconds until an instant of the shop is due; 0 when it is. */
  until(shop: number): number {
    return Math.max(0, this.#real + (shop - this.#shop) / this.#speed - this.clock.now());
  }

  /** Goes on from here at another speed; shop time does not jump. */
  setSpeed(speed: number): void {
    this.#shop = this.#shop + (this.clock.now() - this.#real) * this.#speed;
    this.#real = this.clock.now();
    this.#speed = speed;
  }
}
