import { openEmbedded } from '#clickhouse';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { skewedProducers } from './skewed-producers.js';

// A short part of `npm run test:integrity -- clock`.

it('folds what producers with wrong clocks send, and takes no shop time back', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'tideline-clock-'));
  const engine = await openEmbedded(join(directory, 'clickhouse'));
  try {
    const { jumpsBack, clockBack, cells } = await skewedProducers(engine, 'skewed', 3);
    expect(jumpsBack).toBeGreaterThan(30);
    expect({ clockBack, cells }).toEqual({ clockBack: 0, cells: 0 });
  } finally {
    await engine.close();
    await rm(directory, { recursive: true, force: true });
  }
});
