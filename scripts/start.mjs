// npm start: everything from a fresh clone to a running instance. The npm script is `exec node`: a shell between npm and us
// would die of a Ctrl-C at once, and npm would give the terminal back while we still drain.
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { settingsOf, usage } from './lib/arguments.mjs';
import { withDotEnv } from './lib/dot-env.mjs';
import { nodeFlags } from './lib/node-flags.mjs';
import { checkNode, ensureBuild, ensureKafka, ensurePackages, SetupError } from './lib/setup.mjs';
import { standInFor } from './lib/signals.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const say = (text) => console.log(`  ${text}`);
const argv = process.argv.slice(2);

try {
  checkNode(process.versions.node);
  if (argv.includes('--help')) {
    console.log(usage);
    process.exit(0);
  }
  // Flags win over the environment, the environment over the file.
  const env = { ...withDotEnv(root), ...settingsOf(argv) };
  console.log('Tideline');
  ensurePackages(root, say);
  ensureBuild(root, say);
  if (!env.KAFKA_BROKERS) env.TIDELINE_KAFKA_JARS ??= ensureKafka(root, say);
  // Queries of the embedded engine sit on libuv's threads; it reads this once, before the first line of the program runs.
  env.UV_THREADPOOL_SIZE ??= '16';

  const child = spawn(process.execPath, [...nodeFlags, join(root, 'dist', 'program', 'tideline.js')], {
    cwd: root,
    env,
    stdio: 'inherit',
  });
  standInFor(child);
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(`\nTideline could not start. ${error.message}`);
  process.exit(1);
}
