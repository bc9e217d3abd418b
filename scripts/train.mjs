// npm run train -- --shop SHOP [--kind churn|clv|demand] [--law PROFILE] [--evaluate [--model DIR]] [--url URL] [--out DIR] [--api URL]
// [--no-publish] [--follow [--every DAYS]]: the trainer, in a Python environment of its own; what it wrote is then added to the registry of
// the running instance. With --follow a forecast of demand is made and published each day of the shop, until it is stopped.
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withDotEnv } from './lib/dot-env.mjs';
import { ensureTrainer } from './lib/python.mjs';
import { ensureBuild, ensurePackages, SetupError } from './lib/setup.mjs';
import { standInFor } from './lib/signals.mjs';
import { trainOrder } from './lib/train-order.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
// On stderr: stdout belongs to the programs.
const say = (text) => console.error(`  ${text}`);

/** Resolves with the exit code. */
const run = (file, args, env) =>
  new Promise((done, failed) => {
    const child = spawn(file, args, { env, stdio: 'inherit' });
    child.once('error', failed).once('exit', (code) => done(code ?? 1));
  });

/** The words that run our CLI, built where a source is newer. */
const cli = (words) => {
  ensurePackages(root, say);
  ensureBuild(root, say);
  return [join(root, 'dist', 'apps', 'cli', 'main.js'), ...words];
};

try {
  const env = withDotEnv(root);
  const { trainer, publish, follow } = trainOrder(process.argv.slice(2), env);
  const command = [ensureTrainer(root, say), '-m', 'tideline_trainer', ...trainer];
  const environment = { ...env, PYTHONPATH: join(root, 'apps', 'trainer') };
  if (follow) {
    standInFor(spawn(process.execPath, cli([...follow, '--', ...command]), { env: environment, stdio: 'inherit' }));
  } else {
    let code = await run(command[0], command.slice(1), environment);
    if (code === 0 && publish) code = await run(process.execPath, cli(publish), env);
    process.exit(code);
  }
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(error.message);
  process.exit(2);
}
