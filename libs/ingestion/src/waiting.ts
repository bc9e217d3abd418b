/** Where one partition's figures stand and where it ends; what a broker that does not answer has not told is null. */
export interface PartitionPlace {
  readonly topic: string;
  readonly partition: number;
  readonly epoch: number;
  /** Next offset of the figures. */
  readonly next: string;
  readonly brokerEnd: string | null;
}

interface Look {
  readonly at: number;
  /** `transactions.v1/0` -> its end, and the epoch in which the figures stood then. */
  readonly ends: ReadonlyMap<string, { readonly epoch: number; readonly end: bigint }>;
}

/** Beyond this many looks every second one is dropped: the oldest, which tells the time, stays. */
const mostLooks = 600;

/**
 * For how long messages have been waiting. That some wait says nothing: where orders stream there is always one on its way. What counts
 * is whether the figures reach what stood in the topics a moment ago.
 */
export class Waiting {
  #looks: Look[] = [];

  /**
   * To be told now and then; the answer is as fine as the looks are.
   * @param at milliseconds of a clock that never goes back
   * @returns how long the oldest message that is not in the figures has been seen to wait; 0 when it was not there at the look before
   */
  look(at: number, places: readonly PartitionPlace[]): number {
    const now = new Map(places.map((each) => [`${each.topic}/${each.partition}`, each]));
    const ends = new Map(
      [...now].flatMap(([name, { epoch, brokerEnd }]) => (brokerEnd === null ? [] : [[name, { epoch, end: BigInt(brokerEnd) }] as const])),
    );
    this.#looks.push({ at, ends });
    // A later epoch has begun anew: what it replaced is over.
    const reached = ({ ends: seen }: Look): boolean =>
      [...seen].every(([name, { epoch, end }]) => {
        const place = now.get(name);
        return place !== undefined && (place.epoch > epoch || (place.epoch === epoch && BigInt(place.next) >= end));
      });
    const first = this.#looks.findIndex((each) => !reached(each));
    this.#looks = first === -1 ? [] : this.#looks.slice(first);
    if (this.#looks.length > mostLooks) this.#looks = this.#looks.filter((_, index) => index % 2 === 0);
    return at - (this.#looks[0]?.at ?? at);
  }
}
