// Makes the class archive of the broker: node archive-classes.js JARS LOG4J. Run once by the set-up, after the jars came.
import { spawnSync } from 'node:child_process';
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startBroker } from './broker.js';
import { classArchiveIn } from './class-archive.js';

const [jars = '', log4j = ''] = process.argv.slice(2);
const archive = classArchiveIn(jars);
const partial = `${archive}.partial`;
const directory = await mkdtemp(join(tmpdir(), 'tideline-class-archive-'));
try {
  await rm(archive, { force: true });
  const flags = [`-XX:ArchiveClassesAtExit=${partial}`];
  let ended: () => void = () => undefined;
  const end = new Promise<void>((done) => (ended = done));
  const broker = await startBroker({ directory, jars, log4j, heapMb: 512, flags, onExit: () => ended() });
  // The JVM writes it at its end, which takes longer than a stop has patience for.
  process.kill(broker.pid, 'SIGTERM');
  await end;
  // A JVM that may not go on without it says whether it is whole.
  const classes = ['-cp', join(jars, '*')];
  const checked = spawnSync('java', ['-Xshare:on', `-XX:SharedArchiveFile=${partial}`, ...classes, '-version'], { encoding: 'utf8' });
  if (checked.status !== 0) throw new Error(`The archive cannot be used: ${checked.stdout}${checked.stderr}`);
  await rename(partial, archive);
} finally {
  await rm(partial, { force: true });
  await rm(directory, { recursive: true, force: true });
}
