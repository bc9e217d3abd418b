import type { WorldEvent } from '../world/event-maker.js';

/** An iterator whose next event can be looked at. */
export class Peekable {
  #next: WorldEvent | undefined;

  constructor(private readonly events: Iterator<WorldEvent, void>) {}

  peek(): WorldEvent | undefined {
    this.#next ??= this.events.next().value ?? undefined;
    return this.#next;
  }

  /** Events recorded before an instant, of at least `bytes` together when there are as many. */
  takeBefore(instant: number, bytes: number): WorldEvent[] {
    const taken: WorldEvent[] = [];
    let size = 0;
    for (let next = this.peek(); next && next.at < instant && size < bytes; next = this.peek()) {
      taken.push(next);
      size += next.value.length;
      this.#next = undefined;
    }
    return taken;
  }
}
