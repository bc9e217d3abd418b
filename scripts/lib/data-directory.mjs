// What npm run reset may remove.
import { existsSync, lstatSync, readdirSync, readFileSync, rmdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Everything an instance puts into its directory. */
const ours = ['instance.json', 'kafka', 'clickhouse', 'logs', 'simulator', 'models'];
/** One of these makes a directory an instance's: a folder `logs` alone could be anybody's. */
const marks = ['instance.json', 'kafka', 'clickhouse', join('logs', 'tideline.log')];

/** @returns {string | undefined} why the directory must not be cleared, in words; undefined when it may be */
export function refusalToClear(data) {
  if (!statSync(data).isDirectory()) return `${data} is not a directory: nothing was removed.`;
  const found = readdirSync(data);
  const foreign = found.filter((name) => !ours.includes(name));
  if (foreign.length > 0)
    return `${data} holds things that are not Tideline's (${foreign.slice(0, 3).join(', ')}): nothing was removed. Name the data directory with --data.`;
  if (found.length > 0 && !marks.some((mark) => existsSync(join(data, mark))))
    return `${data} does not look like a data directory of Tideline: nothing was removed. Name the data directory with --data.`;
  const holder = holderOf(data);
  if (holder)
    return `${data} is in use by process ${holder.pid}${holder.url ? ` (${holder.url})` : ''}: stop it first. Nothing was removed.`;
  return undefined;
}

/** Removes what an instance kept. A link to the directory, or a mount, stays: only what is in it goes. */
export function clear(data) {
  for (const name of ours) rmSync(join(data, name), { recursive: true, force: true });
  if (lstatSync(data).isSymbolicLink()) return;
  try {
    rmdirSync(data);
  } catch (error) {
    if (error.code !== 'EBUSY') throw error;
  }
}

/** The living process that holds the directory: as it has noted there, or as the engine has, whatever program opened it. */
function holderOf(data) {
  return [noted(data), openedBy(data)].find((holder) => holder && isAlive(holder.pid));
}

function noted(data) {
  try {
    return JSON.parse(readFileSync(join(data, 'instance.json'), 'utf8')) ?? undefined;
  } catch {
    // No file, or one that a kill cut short: nobody holds it.
    return undefined;
  }
}

/** The file `status` of the embedded engine; a kill leaves it behind. */
function openedBy(data) {
  const file = join(data, 'clickhouse', 'status');
  const pid = existsSync(file) ? /^PID: (\d+)$/m.exec(readFileSync(file, 'utf8'))?.[1] : undefined;
  return pid === undefined ? undefined : { pid: Number(pid) };
}

function isAlive(pid) {
  // 0 and negative numbers would ask after a whole group of processes.
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // Another user's process may not be signalled, but it lives.
    return error.code === 'EPERM';
  }
}
