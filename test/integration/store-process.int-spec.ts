import { takeDirectory } from '#observability';
import { ProductProcess } from '#testing';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';

// The store as a process holds its data directory as an instance does. Needs the build (npm test makes it).

const secret = 'secret-of-the-processes';
let data: string;
const running: ProductProcess[] = [];
beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), 'tideline-store-'));
});
afterEach(async () => {
  for (const each of running.splice(0)) await each.end('SIGKILL');
  await rm(data, { recursive: true, force: true });
});

async function startStore(): Promise<ProductProcess> {
  const store = await ProductProcess.start('store', {
    TIDELINE_DATA: data,
    TIDELINE_STORE_WRITE_PORT: '0',
    TIDELINE_STORE_SECRET: secret,
  });
  running.push(store);
  return store;
}

it('keeps others from its directory while it lives, and lets go of it at a stop and after a kill', async () => {
  const killed = await startStore();
  const reset = spawnSync(process.execPath, ['scripts/reset.mjs', '--data', data], { encoding: 'utf8' });
  expect([reset.status, reset.stderr]).toEqual([1, expect.stringContaining(`in use by process ${killed.pid} (${killed.url})`)]);
  await expect(takeDirectory(data)).rejects.toMatchObject({ code: 'directory-held' });
  await expect(startStore()).rejects.toThrow(/is held by another instance/);
  await killed.end('SIGKILL');

  const store = await startStore();
  expect(await (await fetch(`${store.url}/?query=SELECT%201`, { headers: { 'x-clickhouse-key': secret } })).text()).toBe('1\n');
  expect(await store.end(), store.said).toBe(0);
  expect(existsSync(join(data, 'instance.json'))).toBe(false);
  await takeDirectory(data);
});
