import { features } from '../features/feature-list.js';

/** What `customerMomentsSql` gives: per row a moment that has an order. */
export interface MomentFeatures {
  /** Index of the moment in the query. */
  readonly tags: readonly number[];
  /** [N, F]. */
  readonly values: Float32Array;
  /** Orders known then. */
  readonly orders: readonly number[];
  /** Net sales at stake, decimal strings. */
  readonly stakes: readonly string[];
}

const width = features.length;
const featureBytes = width * Float32Array.BYTES_PER_ELEMENT;
const text = new TextDecoder();

/** Takes a `RowBinary` answer apart: UInt32, the features, UInt32, a short text. */
export function momentFeatures(bytes: Uint8Array): MomentFeatures {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [tags, orders, stakes]: [number[], number[], string[]] = [[], [], []];
  const rows: Uint8Array[] = [];
  for (let at = 0; at < bytes.length;) {
    tags.push(view.getUint32(at, true));
    rows.push(bytes.subarray(at + 4, at + 4 + featureBytes));
    at += 4 + featureBytes;
    orders.push(view.getUint32(at, true));
    // Far below 128 bytes, so its length is one byte.
    const length = bytes[at + 4] ?? 0;
    stakes.push(text.decode(bytes.subarray(at + 5, at + 5 + length)));
    at += 5 + length;
  }
  const packed = new Uint8Array(rows.length * featureBytes);
  rows.forEach((row, index) => packed.set(row, index * featureBytes));
  return { tags, orders, stakes, values: new Float32Array(packed.buffer) };
}
