import type { Bytes } from './bytes.js';

/** Numbers of one container: those whose upper 16 bits are the same. */
const perContainer = 0x1_0000;
/** Of so many numbers a container is a list, of more it has a bit for each that there may be. */
const mostListed = 4_096;
/** So many numbers are kept as a plain list. */
const mostPlain = 32;
/** Says that no container is made of runs. */
const withoutRuns = 12_346;

interface Bits {
  readonly bits: Uint8Array;
  size: number;
}

/** The lower halves of a container's numbers: as they came while they are few, then as bits. */
type Container = Set<number> | Bits;

/**
 * A set of numbers of 32 bits that grows, as the engine keeps one: `AggregateFunction(groupBitmap, UInt32)`. In the form of many numbers this
 * is a portable roaring bitmap (https://github.com/RoaringBitmap/RoaringFormatSpec).
 */
export class Bitmap {
  readonly #containers = new Map<number, Container>();
  #size = 0;

  constructor(numbers: Iterable<number> = []) {
    this.add(numbers);
  }

  /** How many numbers are in it. */
  get size(): number {
    return this.#size;
  }

  /** @throws {RangeError} on what is no whole number of 32 bits */
  add(numbers: Iterable<number>): void {
    for (const number of numbers) {
      if (number >>> 0 !== number) throw new RangeError(`${number} is no whole number of 32 bits`);
      const high = number >>> 16;
      let container = this.#containers.get(high);
      if (!container) this.#containers.set(high, (container = new Set()));
      const before = container.size;
      if (container instanceof Set) {
        container.add(number % perContainer);
        if (container.size > mostListed) this.#containers.set(high, bitsOf(container));
      } else setBit(container, number % perContainer);
      this.#size += container.size - before;
    }
  }

  /** The state as the formats `Native` and `RowBinary` hold it. */
  writeTo(out: Bytes): void {
    const containers = [...this.#containers].sort(([a], [b]) => a - b);
    const isPlain = this.#size <= mostPlain;
    out.uint8(isPlain ? 0 : 1);
    if (isPlain) {
      out.count(this.#size);
      // So few are never bits.
      for (const [high, lows] of containers as [number, Set<number>][]) for (const low of lows) out.uint32(high * perContainer + low);
      return;
    }
    const header = 8 + 8 * containers.length;
    out.count(header + containers.reduce((sum, [, container]) => sum + bytesOf(container), 0));
    out.uint32(withoutRuns);
    out.uint32(containers.length);
    for (const [high, { size }] of containers) {
      out.uint16(high);
      out.uint16(size - 1);
    }
    let start = header;
    for (const [, container] of containers) {
      out.uint32(start);
      start += bytesOf(container);
    }
    for (const [, container] of containers) {
      if (container instanceof Set) for (const low of Uint16Array.from(container).sort()) out.uint16(low);
      else out.raw(container.bits);
    }
  }
}

function bytesOf(container: Container): number {
  return container instanceof Set ? 2 * container.size : container.bits.length;
}

function bitsOf(lows: ReadonlySet<number>): Bits {
  const container = { bits: new Uint8Array(perContainer / 8), size: 0 };
  for (const low of lows) setBit(container, low);
  return container;
}

function setBit(container: Bits, low: number): void {
  const [place, bit] = [low >> 3, 1 << (low & 7)];
  const before = container.bits[place] ?? 0;
  if ((before & bit) !== 0) return;
  container.bits[place] = before | bit;
  container.size += 1;
}
