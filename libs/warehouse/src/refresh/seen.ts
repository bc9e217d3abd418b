/** Ids per filter. */
const capacity = 1 << 20;
/** At 32 bits and 7 probes an id, six unknown ids in a million are taken for known ones: a step of hundreds of ids hardly ever has one. */
const bitsPerId = 32;
const probes = 7;
const mask = capacity * bitsPerId - 1;

/**
 * Which ids the ledger may already hold: Bloom filters, 4 MB for each million ids. "No" is certain, so that what is new for sure need
 * not be looked for in the ledger; "perhaps" costs a lookup. Before it was told all that is known it says "perhaps" to everything.
 */
export class SeenIds {
  readonly #filters: Uint32Array[] = [];
  #free = 0;
  #complete = false;

  /** From here on "no" is certain: everything known was added. */
  complete(): void {
    this.#complete = true;
  }

  add(id: string): void {
    if (this.#free === 0) {
      this.#filters.push(new Uint32Array((capacity * bitsPerId) / 32));
      this.#free = capacity;
    }
    const filter = this.#filters[this.#filters.length - 1];
    if (!filter) return;
    const [first, step] = hashesOf(id);
    let added = false;
    for (let probe = 0; probe < probes; probe += 1) {
      const bit = (first + Math.imul(probe, step)) & mask;
      const [word, flag] = [bit >>> 5, 1 << (bit & 31)];
      const held = filter[word] ?? 0;
      if ((held & flag) !== 0) continue;
      filter[word] = held | flag;
      added = true;
    }
    if (added) this.#free -= 1;
  }

  /** Whether an id may have been added. */
  may(id: string): boolean {
    if (!this.#complete) return true;
    const [first, step] = hashesOf(id);
    return this.#filters.some((filter) => {
      for (let probe = 0; probe < probes; probe += 1) {
        const bit = (first + Math.imul(probe, step)) & mask;
        if (((filter[bit >>> 5] ?? 0) & (1 << (bit & 31))) === 0) return false;
      }
      return true;
    });
  }
}

/** Two independent 32-bit hashes: FNV-1a of the UTF-16 units and its bits mixed again (MurmurHash3's finalizer). */
function hashesOf(id: string): readonly [number, number] {
  let hash = 0x811c9dc5;
  for (let index = 0; index < id.length; index += 1) hash = Math.imul(hash ^ id.charCodeAt(index), 0x01000193);
  return [mixed(hash), mixed(hash ^ 0x9e3779b9) | 1];
}

function mixed(value: number): number {
  let bits = value ^ (value >>> 16);
  bits = Math.imul(bits, 0x85ebca6b);
  bits ^= bits >>> 13;
  bits = Math.imul(bits, 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}
