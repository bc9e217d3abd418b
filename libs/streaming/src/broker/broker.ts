import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { createServer, Socket } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { StreamingError } from '../streaming.errors.js';
import { classArchiveFlags } from './class-archive.js';
import { formatAsReady, formatMark, newClusterId } from './formatted-directory.js';
import { serverProperties } from './server-properties.js';

export interface BrokerOptions {
  /** The broker's own directory: its log, its settings, its ports. */
  readonly directory: string;
  /** Where the jars are. */
  readonly jars: string;
  readonly log4j: string;
  readonly heapMb: number;
  /** The java to run. @default 'java' on the PATH */
  readonly java?: string;
  /** `host:port` that clients are told to come to, where something stands between them and the broker. @default its own address */
  readonly advertised?: string | undefined;
  /** Of the JVM that serves, beyond the usual. @default its classes come from their archive, where there is one */
  readonly flags?: readonly string[];
  /** Told once when the process ends without having been asked to. */
  readonly onExit: (message: string) => void;
}

export interface Broker {
  readonly bootstrap: string;
  readonly pid: number;
  stop(): Promise<void>;
}

interface Ports {
  readonly broker: number;
  readonly controller: number;
}

const startTimeoutMs = 60_000;
/** How long a start waits for a broker whose parent was killed a moment ago: it is on its way out. */
const predecessorMs = 12_000;

/**
 * The shell around the broker, which first formats a directory that is not: by one command, since who asks for a broker may have no time for
 * us between two. `read` returns when our end of the pipe closes, however we end; then the broker gets ten seconds to close its log, as on
 * a signal to the shell. The reader holds none of our pipes but that one: the shell's end is seen as soon as the broker has ended by
 * itself. A `wait` that a signal cut short is done again. The trap comes after the fork of the reader: a signal that reaches it while it
 * still has its parent's trap is lost, and it would hold our pipe for ever. An id may begin with `-`, so it is told with `=`.
 */
const leash = `
formatted=$1 settings=$2 id=$3; shift 3
{
  [ -e "$formatted" ] || "$@" kafka.tools.StorageTool format "--cluster-id=$id" -c "$settings" --standalone || exit
  exec "$@" kafka.Kafka "$settings"
} 3<&- & broker=$!
{
  read -r _ <&3
  kill "$broker" 2>/dev/null
  for _ in 1 2 3 4 5 6 7 8 9 10; do sleep 1; kill -0 "$broker" 2>/dev/null || exit; done
  kill -9 "$broker" 2>/dev/null
} >/dev/null 2>&1 & reader=$!
trap 'kill "$broker" 2>/dev/null' TERM INT HUP
while :; do
  wait "$broker"; code=$?
  kill -0 "$broker" 2>/dev/null || break
done
kill "$reader" 2>/dev/null
exit "$code"
`;

/**
 * Runs Apache Kafka (KRaft, one node, loopback) as a child. It cannot outlive this process: a shell holds the other end of
 * our pipe, sees it close even after a SIGKILL, and ends the broker. It has a process group of its own, so a Ctrl-C in the
 * terminal reaches only us and the broker stays up while we drain.
 * @throws {StreamingError} `broker-not-started` with the broker's own last words
 */
export async function startBroker(options: BrokerOptions): Promise<Broker> {
  const directory = resolve(options.directory);
  await mkdir(join(directory, 'logs'), { recursive: true });
  const data = join(directory, 'data');
  const settings = join(directory, 'server.properties');
  await awaitPredecessor(directory, settings);
  const ports = await choosePorts(join(directory, 'ports.json'));
  await writeFile(settings, serverProperties({ ...ports, dataDirectory: data, advertised: options.advertised }));
  const java = [
    options.java ?? 'java',
    '-Xms128m',
    `-Xmx${options.heapMb}m`,
    '-XX:+UseSerialGC',
    // The second compiler would take a third of a core for the first minutes; the broker moves bytes, and one is fast enough for that.
    '-XX:TieredStopAtLevel=1',
    '-XX:+ExitOnOutOfMemoryError',
    ...(options.flags ?? classArchiveFlags(options.jars)),
    '-cp',
    join(options.jars, '*'),
    `-Dlog4j2.configurationFile=${options.log4j}`,
    `-Dtideline.kafka.logs=${join(directory, 'logs')}`,
  ];
  formatAsReady(options.jars, data);
  const child = spawn('/bin/sh', ['-c', leash, 'tideline-broker', join(data, formatMark), settings, newClusterId(), ...java], {
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    detached: true,
  });
  // One that ends before it answered did not start: that is thrown, and nobody is told of it twice.
  let [up, stopping] = [false, false];
  const ended = finished(child).then(({ code, tail }) => {
    if (up && !stopping)
      options.onExit(
        `The Kafka broker in ${directory} ended by itself (code ${code ?? 'none'}). ${adviceFor(tail, directory)}${tail ? `\n${tail}` : ''}`,
      );
    return { code, tail };
  });

  const deadline = performance.now() + startTimeoutMs;
  while (!(await answers(ports.broker))) {
    const early = await Promise.race([ended, sleep(50)]);
    if (early) throw notStarted(`ended with code ${early.code}`, directory, early.tail);
    if (performance.now() > deadline) {
      endGroup(child);
      throw notStarted(`did not answer within ${startTimeoutMs / 1000} s`, directory, '');
    }
  }
  up = true;
  return {
    bootstrap: `127.0.0.1:${ports.broker}`,
    pid: child.pid ?? 0,
    stop: async () => {
      stopping = true;
      (child.stdio[3] as Socket | null)?.destroy();
      const late = await Promise.race([ended.then(() => false), sleep(20_000, true, { ref: false })]);
      if (late) endGroup(child);
      await ended;
    },
  };
}

/** The ports of the last start, when they are free; others otherwise. Kept so that clients find the broker again. */
async function choosePorts(file: string): Promise<Ports> {
  if (existsSync(file)) {
    const kept = JSON.parse(await readFile(file, 'utf8')) as Ports;
    if ((await isFree(kept.broker)) && (await isFree(kept.controller))) return kept;
  }
  const broker = await freePort();
  let controller = await freePort();
  // The system may give the port again that was let go a moment ago.
  while (controller === broker) controller = await freePort();
  const ports = { broker, controller };
  // Beside it first: on a full disk it would be cut short, and no later start could read it.
  await writeFile(`${file}.new`, JSON.stringify(ports));
  await rename(`${file}.new`, file);
  return ports;
}

async function freePort(): Promise<number> {
  return new Promise((done, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => done(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

async function isFree(port: number): Promise<boolean> {
  return new Promise((done) => {
    const server = createServer().once('error', () => done(false));
    server.listen(port, '127.0.0.1', () => server.close(() => done(true)));
  });
}

async function answers(port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = new Socket();
    const end = (result: boolean): void => {
      socket.destroy();
      done(result);
    };
    socket.setTimeout(500, () => end(false));
    socket.once('error', () => end(false)).connect(port, '127.0.0.1', () => end(true));
  });
}

/** Waits for a process and keeps the last lines it said. */
async function finished(child: ChildProcess): Promise<{ code: number | null; tail: string }> {
  let tail = '';
  const keep = (chunk: Buffer): void => {
    tail = (tail + chunk.toString('utf8')).slice(-2_000);
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  return new Promise((done) => {
    child.once('error', (error) => done({ code: null, tail: error.message }));
    child.once('close', (code) => done({ code, tail: tail.trim() }));
  });
}

function endGroup(child: ChildProcess): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It ended by itself in the meantime.
  }
}

/**
 * Waits for the broker of a parent that was killed: it still holds the directory and the ports while it closes its log.
 * @throws {StreamingError} `broker-not-started` when it stays
 */
async function awaitPredecessor(directory: string, settings: string): Promise<void> {
  const deadline = performance.now() + predecessorMs;
  while (runsWith(settings)) {
    if (performance.now() > deadline) throw notStarted('cannot be started', directory, 'The directory is in use by another broker.');
    await sleep(100);
  }
}

/** Looks for the command line: a process id kept in a file could be somebody else's by now. */
function runsWith(settings: string): boolean {
  const { stdout } = spawnSync('ps', ['-ww', '-eo', 'args='], { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  return [`kafka.Kafka ${settings}`, `-c ${settings} --standalone`].some((words) => stdout?.includes(words));
}

function notStarted(what: string, directory: string, tail: string): StreamingError {
  const words = `The Kafka broker in ${directory} ${what}. ${adviceFor(tail, directory)}`;
  return new StreamingError('broker-not-started', tail ? `${words}\n${tail}` : words);
}

/** What to do, by the broker's own last words. */
function adviceFor(tail: string, directory: string): string {
  for (const [pattern, advice] of advices) if (pattern.test(tail)) return advice;
  return `Look at ${join(directory, 'logs', 'broker.log')}.`;
}

const advices: readonly (readonly [RegExp, string])[] = [
  [/No space left/i, 'The disk is full: free some space and start again; nothing that was written is lost.'],
  [/lock|in use by another/i, 'Another broker holds that directory: stop it, or start with another --data directory.'],
  [/ENOENT|: (command )?not found/i, 'There is no java on the PATH: install Java 17 or newer.'],
  [/UnsupportedClassVersion/, 'The java on the PATH is too old: install Java 17 or newer.'],
  [
    /Could not find or load main class/,
    'The jars of Kafka are missing: mvn -f infra/kafka/pom.xml dependency:copy-dependencies fetches them.',
  ],
  [/OutOfMemoryError/, 'Its heap is too small: raise KAFKA_HEAP_MB.'],
  [/Address already in use/i, 'Another program took its port in the meantime: start again.'],
];
