import { features } from './feature-list.js';

/** Features of some customers: `values` has a row of `features.length` numbers per customer, one after the other. */
export interface FeatureChunk {
  readonly customerIds: readonly string[];
  readonly values: Float32Array;
}

const width = features.length;
const rowBytes = width * Float32Array.BYTES_PER_ELEMENT;
const text = new TextDecoder();

/**
 * Takes the `RowBinary` answer of `customerFeaturesSql` apart, at most `most` customers at a time, so that whoever takes chunk by chunk
 * can let others have the thread between them.
 */
export function* featureChunks(bytes: Uint8Array, most: number): Generator<FeatureChunk> {
  for (let at = 0; at < bytes.length;) {
    const customerIds: string[] = [];
    const rows = new Uint8Array(most * rowBytes);
    while (at < bytes.length && customerIds.length < most) {
      const [length, start] = varint(bytes, at);
      customerIds.push(text.decode(bytes.subarray(start, start + length)));
      at = start + length + rowBytes;
      // Rows stand at any byte; numbers can be seen as such at every fourth only.
      rows.set(bytes.subarray(at - rowBytes, at), (customerIds.length - 1) * rowBytes);
    }
    yield { customerIds, values: new Float32Array(rows.buffer, 0, customerIds.length * width) };
  }
}

/** A length as ClickHouse writes it: seven bits a byte, the lowest first. @returns it, and where the next byte is */
export function varint(bytes: Uint8Array, from: number): [value: number, next: number] {
  let value = 0;
  for (let at = from, shift = 0; ; at += 1, shift += 7) {
    const byte = bytes[at] ?? 0;
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return [value, at + 1];
  }
}
