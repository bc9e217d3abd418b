import type { Bytes } from './bytes.js';

/** Numbers of one container: those whose upper 16 bits are the same. */
const perContainer = 0x1_0000;
/** Of so many numbers the engine's container is a list, of more it has a bit for each that there may be. */
const mostListed = 4_096;
/** Of more than so many numbers it has bits here, which need no sorting: a list of some hundred takes longer to sort than these to look through. */
const mostLoose = 256;
/** So many numbers are kept as a plain list. */
const mostPlain = 32;
/** Says that no container is made of runs, or that some may be; the number of containers less one stands above the latter. */
const withoutRuns = 12_346;
const withRuns = 12_347;
/** With runs, so many containers have no table of where they begin. */
const mostWithoutStarts = 3;

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

  /** From the state as `writeTo` writes it, or the engine. @throws {RangeError} where it ends too early or is of no known form */
  static of(state: Uint8Array): Bitmap {
    const bitmap = new Bitmap();
    const bytes = new DataView(state.buffer, state.byteOffset, state.byteLength);
    let at = 1;
    const count = (): number => {
      for (let value = 0, place = 1; ; place *= 128) {
        const byte = bytes.getUint8(at);
        at += 1;
        value += (byte & 127) * place;
        if (byte < 128) return value;
      }
    };
    const length = count();
    if (bytes.getUint8(0) === 0) {
      for (let index = 0; index < length; index += 1) bitmap.add([bytes.getUint32(at + 4 * index, true)]);
      return bitmap;
    }
    bitmap.readRoaring(new DataView(state.buffer, state.byteOffset + at, length));
    return bitmap;
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
        if (container.size > mostLoose) this.#containers.set(high, bitsOf(container));
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
      else if (container.size > mostListed) out.raw(container.bits);
      else for (const low of lowsOf(container)) out.uint16(low);
    }
  }

  private readRoaring(bytes: DataView): void {
    const cookie = bytes.getUint32(0, true);
    const mayHaveRuns = (cookie & 0xffff) === withRuns;
    if (!mayHaveRuns && cookie !== withoutRuns) throw new RangeError(`${cookie} begins no roaring bitmap`);
    const containers = mayHaveRuns ? (cookie >>> 16) + 1 : bytes.getUint32(4, true);
    const flags = mayHaveRuns ? 4 : 8;
    const keys = mayHaveRuns ? flags + Math.ceil(containers / 8) : flags;
    const starts = !mayHaveRuns || containers > mostWithoutStarts ? 4 * containers : 0;
    let at = keys + 4 * containers + starts;
    for (let index = 0; index < containers; index += 1) {
      const high = bytes.getUint16(keys + 4 * index, true);
      const size = bytes.getUint16(keys + 4 * index + 2, true) + 1;
      const isRuns = mayHaveRuns && ((bytes.getUint8(flags + (index >> 3)) >> (index & 7)) & 1) === 1;
      const container: Bits = { bits: new Uint8Array(perContainer / 8), size: 0 };
      if (isRuns) {
        const runs = bytes.getUint16(at, true);
        for (let run = 0; run < runs; run += 1) {
          const [first, more] = [bytes.getUint16(at + 2 + 4 * run, true), bytes.getUint16(at + 4 + 4 * run, true)];
          for (let low = first; low <= first + more; low += 1) setBit(container, low);
        }
        at += 2 + 4 * runs;
      } else if (size > mostListed) {
        container.bits.set(new Uint8Array(bytes.buffer, bytes.byteOffset + at, container.bits.length));
        container.size = size;
        at += container.bits.length;
      } else {
        for (let place = 0; place < size; place += 1) setBit(container, bytes.getUint16(at + 2 * place, true));
        at += 2 * size;
      }
      this.#containers.set(high, size > mostLoose ? container : new Set(lowsOf(container)));
      this.#size += size;
    }
  }
}

function bytesOf({ size }: Container): number {
  return size > mostListed ? perContainer / 8 : 2 * size;
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

/** Ascending. */
function lowsOf({ bits, size }: Bits): Uint16Array {
  const lows = new Uint16Array(size);
  let found = 0;
  for (let place = 0; found < size; place += 1)
    for (let byte = bits[place] ?? 0, low = place * 8; byte !== 0; byte >>= 1, low += 1)
      if ((byte & 1) === 1) {
        lows[found] = low;
        found += 1;
      }
  return lows;
}
