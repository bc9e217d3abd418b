// npm run train -- --shop SHOP [--kind churn|clv] [--evaluate [--law PROFILE]] [--url URL] [--out DIR]: the trainer, in a Python environment of its own.
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withDotEnv } from './lib/dot-env.mjs';
import { ensureTrainer } from './lib/python.mjs';
import { SetupError } from './lib/setup.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

try {
  // On stderr: stdout belongs to the program.
  const python = ensureTrainer(root, (text) => console.error(`  ${text}`));
  const child = spawn(python, ['-m', 'tideline_trainer', ...process.argv.slice(2)], {
    env: { ...withDotEnv(root), PYTHONPATH: join(root, 'apps', 'trainer') },
    stdio: 'inherit',
  });
  child.on('exit', (code) => process.exit(code ?? 1));
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(error.message);
  process.exit(2);
}
