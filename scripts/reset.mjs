// npm run reset: removes what an instance kept. Refuses a directory that is in use or that is not one of ours.
import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { settingsOf } from './lib/arguments.mjs';
import { clear, refusalToClear } from './lib/data-directory.mjs';
import { withDotEnv } from './lib/dot-env.mjs';
import { SetupError } from './lib/setup.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

const help = `npm run reset -- [--data .data]

  --data   directory of everything the instance keeps (TIDELINE_DATA)`;
const argv = process.argv.slice(2);

try {
  if (argv.includes('--help')) {
    console.log(help);
    process.exit(0);
  }
  const data = resolve(settingsOf(argv, { '--data': 'TIDELINE_DATA' }, help).TIDELINE_DATA ?? (withDotEnv(root).TIDELINE_DATA || '.data'));
  if (!existsSync(data)) console.log(`${data} does not exist: nothing to clear.`);
  else {
    const refusal = refusalToClear(data);
    if (refusal) throw new SetupError(refusal);
    clear(data);
    console.log(`${data} was removed.`);
  }
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(error.message);
  process.exit(1);
}
