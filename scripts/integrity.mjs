// npm run test:integrity: builds when a source is newer, then runs the measuring commands that were named.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureBuild, ensureKafka, ensurePackages, SetupError } from './lib/setup.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const say = (text) => console.log(`  ${text}`);
try {
  ensurePackages(root, say);
  ensureBuild(root, say);
  ensureKafka(root, say);
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(error.message);
  process.exit(1);
}
process.env.UV_THREADPOOL_SIZE ??= '16';
await import(join(root, 'dist', 'test', 'integrity', 'main.js'));
