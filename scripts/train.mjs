// npm run train -- --shop SHOP [--kind churn|clv|demand] [--law PROFILE] [--evaluate [--model DIR]] [--url URL] [--out DIR] [--api URL]
// [--no-publish]: the trainer, in a Python environment of its own; what it wrote is then added to the registry of the running instance.
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withDotEnv } from './lib/dot-env.mjs';
import { ensureTrainer } from './lib/python.mjs';
import { ensureBuild, ensurePackages, SetupError } from './lib/setup.mjs';
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

try {
  const env = withDotEnv(root);
  const { trainer, publish } = trainOrder(process.argv.slice(2), env);
  const python = ensureTrainer(root, say);
  let code = await run(python, ['-m', 'tideline_trainer', ...trainer], { ...env, PYTHONPATH: join(root, 'apps', 'trainer') });
  if (code === 0 && publish) {
    ensurePackages(root, say);
    ensureBuild(root, say);
    code = await run(process.execPath, [join(root, 'dist', 'apps', 'cli', 'main.js'), ...publish], env);
  }
  process.exit(code);
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(error.message);
  process.exit(2);
}
