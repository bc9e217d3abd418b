import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { StreamingError } from '../streaming.errors.js';
import { serverProperties } from './server-properties.js';

export interface BrokerOptions {
  /** The broker's own directory: its log, its settings, its ports. */
  readonly directory: string;
  /** Where the jars are. */
  readonly jars: string;
  readonly log4j: string;
  readonly heapMb: number;
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

/**
 * Runs Apache Kafka (KRaft, one node, loopback) as a child. It cannot outlive this process: a shell holds the other end of
 * our pipe, sees it close even after a SIGKILL, and ends the broker. It has a process group of its own, so a Ctrl-C in the
 * terminal reaches only us and the broker stays up while we drain.
 * @throws {StreamingError} `broker-not-started` with the broker's own last words
 */
export async function startBroker(options: BrokerOptions): Promise<Broker> {
  const { directory } = options;
  await mkdir(join(directory, 'logs'), { recursive: true });
  const ports = await choosePorts(join(directory, 'ports.json'));
  const settings = join(directory, 'server.properties');
  await writeFile(settings, serverProperties({ ...ports, dataDirectory: join(directory, 'data') }));
  const java = [
    '-cp',
    join(options.jars, '*'),
    `-Dlog4j2.configurationFile=${options.log4j}`,
    `-Dtideline.kafka.logs=${join(directory, 'logs')}`,
  ];

  if (!existsSync(join(directory, 'data', 'meta.properties'))) {
    const id = randomBytes(16).toString('base64url');
    const format = spawn(
      'java',
      ['-Xmx128m', '-XX:TieredStopAtLevel=1', ...java, 'kafka.tools.StorageTool', 'format', '-t', id, '-c', settings, '--standalone'],
      {
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    const { code, tail } = await finished(format);
    if (code !== 0) throw notStarted('could not format its directory', directory, tail);
  }

  // `read` returns when our end of the pipe closes, however we end; the trap covers a stop by signal.
  const script =
    'java "$@" & child=$!; trap "kill $child 2>/dev/null" TERM; { read -r _ <&3; kill $child 2>/dev/null; } & wait $child; code=$?; exit $code';
  const child = spawn(
    '/bin/sh',
    [
      '-c',
      script,
      'tideline-broker',
      `-Xms128m`,
      `-Xmx${options.heapMb}m`,
      '-XX:+UseSerialGC',
      '-XX:+ExitOnOutOfMemoryError',
      ...java,
      'kafka.Kafka',
      settings,
    ],
    { stdio: ['ignore', 'ignore', 'pipe', 'pipe'], detached: true },
  );
  let stopping = false;
  const ended = finished(child).then(({ code, tail }) => {
    if (!stopping) options.onExit(`The Kafka broker ended (code ${code}). ${tail} Its log: ${join(directory, 'logs', 'broker.log')}`);
    return { code, tail };
  });

  const deadline = performance.now() + startTimeoutMs;
  while (!(await answers(ports.broker))) {
    const early = await Promise.race([ended, sleep(50)]);
    if (early) {
      stopping = true;
      throw notStarted(`ended with code ${early.code}`, directory, early.tail);
    }
    if (performance.now() > deadline) {
      stopping = true;
      endGroup(child);
      throw notStarted(`did not answer within ${startTimeoutMs / 1000} s`, directory, '');
    }
  }
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
  const [broker, controller] = [await freePort(), await freePort()];
  const ports = { broker, controller };
  await writeFile(file, JSON.stringify(ports));
  return ports;
}

async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

async function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer().once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

async function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = new Socket();
    const end = (result: boolean): void => {
      socket.destroy();
      resolve(result);
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
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ code: null, tail: error.message }));
    child.once('close', (code) => resolve({ code, tail: tail.trim() }));
  });
}

function endGroup(child: ChildProcess): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It ended by itself in the meantime.
  }
}

function notStarted(what: string, directory: string, tail: string): StreamingError {
  const hint = /No space left/i.test(tail)
    ? 'The disk is full: free some space.'
    : /lock|in use by another/i.test(tail)
      ? 'Another broker holds that directory: stop it, or start with another --data directory.'
      : `Look at ${join(directory, 'logs', 'broker.log')}.`;
  return new StreamingError('broker-not-started', `The Kafka broker in ${directory} ${what}. ${hint}${tail ? `\n${tail}` : ''}`);
}
