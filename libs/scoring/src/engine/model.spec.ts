import { featuresSha256 } from '#warehouse';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { EngineManifest } from './manifest.js';
import { openModel } from './model.js';

const directory = join(import.meta.dirname, '../../fixtures');
it('x', async () => {
  const manifest = JSON.parse(await readFile(join(directory, 'churn.json'), 'utf8')) as EngineManifest;
  const file = await readFile(join(directory, 'churn.onnx'));
  const model = await openModel({ manifest, file });
  const rows = new Float32Array((await readFile(join(directory, 'rows.f32'))).buffer);
  console.log(await model.score(rows, 300));
  await model.close();
});
