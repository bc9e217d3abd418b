// npm run cli: builds when a source is newer, then runs the command.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureBuild, ensurePackages, SetupError } from './lib/setup.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const say = (text) => console.error(`  ${text}`);
try {
  ensurePackages(root, say);
  ensureBuild(root, say);
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(error.message);
  process.exit(1);
}
await import(join(root, 'dist', 'apps', 'cli', 'main.js'));
