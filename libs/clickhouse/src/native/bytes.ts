/** Bytes that grow: numbers little-endian, texts in UTF-8 behind their length, as ClickHouse's binary formats have them. */
export class Bytes {
  #buffer = Buffer.allocUnsafeSlow(64 * 1024);
  #view = viewOf(this.#buffer);
  #at = 0;

  /** What was written. */
  done(): Uint8Array {
    return this.#buffer.subarray(0, this.#at);
  }

  uint8(value: number): void {
    const at = this.take(1);
    this.#buffer[at] = value;
  }

  uint16(value: number): void {
    const at = this.take(2);
    this.#view.setUint16(at, value, true);
  }

  uint32(value: number): void {
    const at = this.take(4);
    this.#view.setUint32(at, value, true);
  }

  /** 64 bits of a whole number, below zero as two's complement. @param value a number must be a safe integer */
  int64(value: number | bigint): void {
    const at = this.take(8);
    if (typeof value === 'bigint') {
      this.#view.setBigInt64(at, BigInt.asIntN(64, value), true);
      return;
    }
    // What goes beyond 32 bits is left out by both.
    this.#view.setUint32(at, value, true);
    this.#view.setInt32(at + 4, Math.floor(value / 2 ** 32), true);
  }

  /** The same of 128 bits. */
  int128(value: number | bigint): void {
    this.int64(value);
    this.int64(typeof value === 'bigint' ? value >> 64n : value < 0 ? -1 : 0);
  }

  float64(value: number): void {
    const at = this.take(8);
    this.#view.setFloat64(at, value, true);
  }

  /** A number of seven bits a byte, the last one below 128: lengths and counts. */
  count(value: number): void {
    let rest = value;
    while (rest > 127) {
      this.uint8((rest & 127) | 128);
      rest = Math.floor(rest / 128);
    }
    this.uint8(rest);
  }

  /** Bytes as they are. */
  raw(bytes: Uint8Array): void {
    const at = this.take(bytes.length);
    this.#buffer.set(bytes, at);
  }

  /** Half of a surrogate pair becomes U+FFFD. */
  text(value: string): void {
    const { length } = value;
    if (length <= shortText && this.shortText(value)) return;
    // Three bytes a unit at most, and the length before them.
    const bytes = Buffer.byteLength(value, 'utf8');
    this.count(bytes);
    const at = this.take(bytes);
    this.#buffer.write(value, at, 'utf8');
  }

  /** Letter by letter: the call of the runtime costs more than so few. @returns whether it is ASCII, else nothing was written */
  private shortText(value: string): boolean {
    const { length } = value;
    const at = this.take(length + 1);
    const buffer = this.#buffer;
    buffer[at] = length;
    for (let index = 0; index < length; index += 1) {
      const code = value.charCodeAt(index);
      if (code > 127) {
        this.#at = at;
        return false;
      }
      buffer[at + 1 + index] = code;
    }
    return true;
  }

  /** Room for so many bytes. @returns where it begins */
  private take(bytes: number): number {
    const at = this.#at;
    this.#at += bytes;
    if (this.#at > this.#buffer.length) {
      const grown = Buffer.allocUnsafeSlow(Math.max(this.#buffer.length * 2, this.#at));
      this.#buffer.copy(grown, 0, 0, at);
      this.#buffer = grown;
      this.#view = viewOf(grown);
    }
    return at;
  }
}

/** Units of a text up to which it is faster to write it by hand. */
const shortText = 48;

function viewOf(buffer: Buffer): DataView {
  return new DataView(buffer.buffer, buffer.byteOffset, buffer.length);
}
