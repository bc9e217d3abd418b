import { features } from '#warehouse';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EngineManifest, EngineValueManifest } from './manifest.js';

/** The small model of `libs/scoring/fixtures` with rows, and what Python's libraries said of them (`apps/trainer/tests/scoring_fixture.py`). */
export interface Fixture {
  readonly manifest: EngineManifest;
  readonly file: Buffer;
  readonly count: number;
  /** [count, F], [count] and [count, F]. */
  readonly rows: Float32Array;
  readonly prob: Float32Array;
  readonly contrib: Float32Array;
}

const width = features.length;

const read = (name: string): Promise<Buffer> => readFile(join(import.meta.dirname, '../../fixtures', name));
const floats = async (name: string): Promise<Float32Array> => new Float32Array(new Uint8Array(await read(name)).buffer);

export async function fixture(): Promise<Fixture> {
  const [rows, expected] = [await floats('rows.f32'), await floats('expected.f32')];
  const count = rows.length / width;
  return {
    manifest: JSON.parse((await read('churn.json')).toString('utf8')) as EngineManifest,
    file: await read('churn.onnx'),
    count,
    rows,
    prob: Float32Array.from({ length: count }, (_, row) => expected[row * (width + 1)] ?? NaN),
    contrib: expected.filter((_, at) => at % (width + 1) !== 0),
  };
}

/** The same for predicted value (`apps/trainer/tests/value_fixture.py`). */
export interface ValueFixture {
  readonly manifest: EngineValueManifest;
  readonly file: Buffer;
  readonly offset: Buffer;
  readonly count: number;
  /** [count, F], [count], [count] and [count, F]. */
  readonly rows: Float32Array;
  readonly offsets: Float32Array;
  readonly value: Float32Array;
  readonly contrib: Float32Array;
}

export async function valueFixture(): Promise<ValueFixture> {
  const [rows, expected] = [await floats('value-rows.f32'), await floats('value-expected.f32')];
  const count = rows.length / width;
  const column = (place: number): Float32Array =>
    Float32Array.from({ length: count }, (_, row) => expected[row * (width + 2) + place] ?? NaN);
  return {
    manifest: JSON.parse((await read('clv.json')).toString('utf8')) as EngineValueManifest,
    file: await read('clv.onnx'),
    offset: await read('clv-offset.onnx'),
    ...{ count, rows, offsets: column(0), value: column(1) },
    contrib: expected.filter((_, at) => at % (width + 2) > 1),
  };
}
