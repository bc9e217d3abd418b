// Runs a program of the build: installs and builds first when a source is newer.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withDotEnv } from './dot-env.mjs';
import { ensureBuild, ensureKafka, ensurePackages, SetupError } from './setup.mjs';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/**
 * @param {string} entry below dist/
 * @param {{ kafka?: boolean }} needs whether it starts a local broker
 */
export async function runBuilt(entry, { kafka = false } = {}) {
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
