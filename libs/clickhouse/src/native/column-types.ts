import { Bitmap } from './bitmap.js';
import type { Bytes } from './bytes.js';
import { daysIn, finiteIn, microsIn, millisecondsIn, whole64In, wholeIn } from './numbers.js';

type Scalar = string | number | bigint | boolean | null;

/** A value of a row: instants as `2011-12-09 12:50:00.000` in UTC and decimals as text, an array as an array, a map as an object. */
export type Cell = Scalar | readonly Scalar[] | Readonly<Record<string, Scalar>> | Bitmap;

interface Scalars {
  readonly write: (out: Bytes, value: Scalar) => void;
  /** What stands where a nullable column holds nothing. */
  readonly blank: Scalar;
}

const scalars = {
  Bool: { write: (out, value) => out.uint8(wholeIn(value, 1)), blank: false },
  UInt8: { write: (out, value) => out.uint8(wholeIn(value, 0xff)), blank: 0 },
  UInt16: { write: (out, value) => out.uint16(wholeIn(value, 0xffff)), blank: 0 },
  UInt32: { write: (out, value) => out.uint32(wholeIn(value, 0xffff_ffff)), blank: 0 },
  UInt64: { write: (out, value) => out.int64(whole64In(value)), blank: 0 },
  Float64: { write: (out, value) => out.float64(finiteIn(value)), blank: 0 },
  String: { write: (out, value) => out.text(String(value)), blank: '' },
  Date: { write: (out, value) => out.uint16(daysIn(String(value))), blank: '1970-01-01' },
  // In seconds: those of a bucket are counted, not written.
  DateTime: { write: (out, value) => out.uint32(wholeIn(value, 0xffff_ffff)), blank: 0 },
  'DateTime64(3)': { write: (out, value) => out.int64(millisecondsIn(String(value))), blank: '1970-01-01 00:00:00.000' },
  'Decimal(18, 6)': { write: (out, value) => out.int64(microsIn(String(value), 18)), blank: '0' },
  'Decimal(38, 6)': { write: (out, value) => out.int128(microsIn(String(value), 38)), blank: '0' },
} as const satisfies Readonly<Record<string, Scalars>>;

type ScalarType = keyof typeof scalars;
type ElementType = ScalarType | `Nullable(${ScalarType})`;

/**
 * A column's type in ClickHouse's words. A table may keep another one that the engine casts it to: texts as `LowCardinality(String)` or as
 * an `Enum8`.
 */
export type ColumnType = ElementType | `Array(${ElementType})` | `Map(String, ${ScalarType})` | typeof bitmapType;

/** A set of numbers, which only `Native` can hold: it has no form as text. */
export const bitmapType = 'AggregateFunction(groupBitmap, UInt32)';

/** Writes the values of one column. @throws {TypeError} | {RangeError} on one that is not of its type */
export type WriteColumn = (out: Bytes, cells: readonly Cell[]) => void;

const writers = new Map<ColumnType, WriteColumn>();

/** How values of a type are written. */
export function columnWriter(type: ColumnType): WriteColumn {
  let write = writers.get(type);
  if (!write) writers.set(type, (write = madeWriter(type)));
  return write;
}

function madeWriter(type: ColumnType): WriteColumn {
  if (type === bitmapType) {
    return (out, cells) => {
      for (const cell of cells as readonly Bitmap[]) cell.writeTo(out);
    };
  }
  const [, outer, inner = ''] = /^(Array|Nullable|Map)\((?:String, )?(.+)\)$/.exec(type) ?? [];
  if (outer === 'Array') {
    const writeElements = columnWriter(inner as ElementType);
    return (out, cells) => {
      const lists = cells as readonly (readonly Scalar[])[];
      writeEnds(out, lists);
      writeElements(out, joined(lists));
    };
  }
  if (outer === 'Map') {
    const writeValues = columnWriter(inner as ScalarType);
    return (out, cells) => {
      const entries = cells.map((cell) => Object.entries(cell as Readonly<Record<string, Scalar>>));
      writeEnds(out, entries);
      const all = joined(entries);
      for (const [key] of all) out.text(key);
      writeValues(
        out,
        all.map(([, value]) => value),
      );
    };
  }
  if (outer === 'Nullable') {
    const { write, blank } = scalars[inner as ScalarType];
    return (out, cells) => {
      for (const cell of cells as readonly (Scalar | undefined)[]) out.uint8(cell === null || cell === undefined ? 1 : 0);
      for (const cell of cells) write(out, (cell as Scalar) ?? blank);
    };
  }
  const { write } = scalars[type as ScalarType];
  return (out, cells) => {
    for (const cell of cells) write(out, cell as Scalar);
  };
}

/** What stands in a row that has nothing to say in a column. */
export function blankOf(type: ColumnType): Cell {
  if (type === bitmapType) return new Bitmap();
  if (type.startsWith('Nullable')) return null;
  if (type.startsWith('Array')) return [];
  return type.startsWith('Map') ? {} : scalars[type as ScalarType].blank;
}

/** The elements of all. `flat` takes ten times as long. */
function joined<T>(lists: readonly (readonly T[])[]): T[] {
  const all: T[] = [];
  for (const list of lists) for (const element of list) all.push(element);
  return all;
}

/** Where each list ends among the elements of all. */
function writeEnds(out: Bytes, lists: readonly { readonly length: number }[]): void {
  let end = 0;
  for (const { length } of lists) out.int64((end += length));
}
