import { features } from '#warehouse';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EngineManifest } from './manifest.js';

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

export async function fixture(): Promise<Fixture> {
  const read = (name: string): Promise<Buffer> => readFile(join(import.meta.dirname, '../../fixtures', name));
  const floats = async (name: string): Promise<Float32Array> => new Float32Array(new Uint8Array(await read(name)).buffer);
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
