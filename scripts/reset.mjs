// npm run reset: removes what an instance kept. Refuses a directory that is in use or that is not one of ours.
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { settingsOf } from './lib/arguments.mjs';

/** Everything an instance puts into its directory. */
const ours = new Set(['instance.json', 'kafka', 'clickhouse', 'logs']);

const fail = (message) => {
  console.error(message);
  process.exit(1);
};

const data = resolve(settingsOf(process.argv.slice(2)).TIDELINE_DATA ?? process.env.TIDELINE_DATA ?? '.data');
if (!existsSync(data)) {
  console.log(`${data} does not exist: nothing to clear.`);
  process.exit(0);
}
const foreign = readdirSync(data).filter((name) => !ours.has(name));
if (foreign.length > 0)
  fail(
    `${data} holds things that are not Tideline's (${foreign.slice(0, 3).join(', ')}): nothing was removed. Name the data directory with --data.`,
  );
let holder;
try {
  holder = JSON.parse(readFileSync(join(data, 'instance.json'), 'utf8'));
  process.kill(holder.pid, 0);
} catch {
  holder = undefined;
}
if (holder) fail(`${data} is in use by process ${holder.pid}${holder.url ? ` (${holder.url})` : ''}: stop it first. Nothing was removed.`);
rmSync(data, { recursive: true, force: true });
console.log(`${data} was removed.`);
