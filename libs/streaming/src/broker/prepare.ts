// What makes a broker start quickly, beside its jars: node prepare.js JARS LOG4J. Run once by the set-up, after the jars came. First a data
// directory, formatted by Kafka's tool; then the archive of the broker's classes.
import { spawnSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startBroker } from './broker.js';
import { classArchiveIn } from './class-archive.js';
import { formatSettings, formattedBy, formattedIn, newClusterId, settingsName } from './formatted-directory.js';

const [jars = '', log4j = ''] = process.argv.slice(2);
const classes = ['-cp', join(jars, '*')];

/** @throws with the last words of a program that failed */
function java(...args: readonly string[]): void {
  const { status, stdout, stderr } = spawnSync('java', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`java ${args.at(-1) ?? ''} ended with code ${status}: ${stdout}${stderr}`);
}

async function format(): Promise<void> {
  const [target, partial] = [formattedIn(jars), `${formattedIn(jars)}.partial`];
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial);
  const settings = join(jars, 'format.properties');
  await writeFile(settings, formatSettings(partial));
  java(...classes, 'kafka.tools.StorageTool', 'format', `--cluster-id=${newClusterId()}`, '--standalone', '-c', settings);
  await rm(settings);
  await writeFile(join(partial, settingsName), formattedBy);
  // Kafka keeps its checkpoints to itself; whoever uses the jars may copy them.
  const files = await readdir(partial, { recursive: true, withFileTypes: true });
  for (const each of files) if (each.isFile()) await chmod(join(each.parentPath, each.name), 0o644);
  await rm(target, { recursive: true, force: true });
  await rename(partial, target);
}

async function archive(): Promise<void> {
  const target = classArchiveIn(jars);
  const partial = `${target}.partial`;
  const directory = await mkdtemp(join(tmpdir(), 'tideline-class-archive-'));
  try {
    await rm(target, { force: true });
    const flags = [`-XX:ArchiveClassesAtExit=${partial}`];
    let ended: () => void = () => undefined;
    const end = new Promise<void>((done) => (ended = done));
    const broker = await startBroker({ directory, jars, log4j, heapMb: 512, flags, onExit: () => ended() });
    // The JVM writes it at its end, which takes longer than a stop has patience for.
    process.kill(broker.pid, 'SIGTERM');
    await end;
    // A JVM that may not go on without it says whether it is whole.
    java('-Xshare:on', `-XX:SharedArchiveFile=${partial}`, ...classes, '-version');
    await rename(partial, target);
  } finally {
    await rm(partial, { force: true });
    await rm(directory, { recursive: true, force: true });
  }
}

await format();
try {
  await archive();
} catch (error) {
  // No broker has started from it.
  await rm(formattedIn(jars), { recursive: true, force: true });
  throw error;
}
