import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { worldOf } from './batches.js';

// A thread does not load TypeScript: another process runs the build, as the product does.
const script = `
  import { demoWorld } from '#simulation';
  const [after, count] = process.argv.slice(1).map(Number);
  const { batches } = demoWorld({ TIDELINE_SIMULATOR_PROFILE: 'seed', TIDELINE_SIMULATOR_SEED: 7, TIDELINE_SIMULATOR_FAULTS: undefined, TIDELINE_SIMULATOR_SPEED: 1, TIDELINE_SIMULATOR_UNTIL: undefined }, '.');
  const events = [];
  for await (const batch of batches(after)) {
    events.push(...batch);
    // Slower than the thread: it has to wait.
    await new Promise((done) => setTimeout(done, 20));
    if (events.length >= count) break;
  }
  console.log(JSON.stringify(events.slice(0, count)));`;

it('a thread gives what the world gives, from any instant on, and lets the process end', async () => {
  const world = worldOf({ profile: 'seed', seed: 7, faults: undefined });
  const after = world.start + 300 * 86_400_000;
  const count = 8_000;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script, String(after), String(count)], {
    env: {},
    maxBuffer: 64 * 1024 * 1024,
  });
  const expected = [];
  for (const event of world.after(after)) if (expected.push(event) === count) break;
  expect(JSON.parse(stdout)).toEqual(expected);
});
