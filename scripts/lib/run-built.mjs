// Runs a program of the build: installs and builds first when a source is newer.
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withDotEnv } from './dot-env.mjs';
import { nodeFlags } from './node-flags.mjs';
import { ensureBuild, ensureKafka, ensurePackages, SetupError } from './setup.mjs';
import { standInFor } from './signals.mjs';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/**
 * @param {string} entry below dist/
 * @param {{ kafka?: boolean, asTheProgram?: boolean }} needs whether it starts a local broker; whether with the program's own flags of Node,
 *   so that what is measured is what runs
 */
export async function runBuilt(entry, { kafka = false, asTheProgram = false } = {}) {
  if (asTheProgram && !nodeFlags.every((flag) => process.execArgv.includes(flag))) {
    // Read once, before the first line of a program runs.
    const env = { UV_THREADPOOL_SIZE: '16', ...process.env };
    standInFor(spawn(process.execPath, [...process.execArgv, ...nodeFlags, ...process.argv.slice(1)], { stdio: 'inherit', env }));
    return;
  }
  // On stderr: stdout belongs to the program.
  const say = (text) => console.error(`  ${text}`);
  try {
    ensurePackages(root, say);
    ensureBuild(root, say);
    if (kafka) ensureKafka(root, say);
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    console.error(error.message);
    process.exit(1);
  }
  // Queries of the embedded engine sit on libuv's threads.
  Object.assign(process.env, withDotEnv(root));
  process.env.UV_THREADPOOL_SIZE ??= '16';
  await import(join(root, 'dist', entry));
}
