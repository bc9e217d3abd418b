import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import ts from 'typescript';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { domainTopicConfig, openStreaming } from '../index.js';
import type { StreamingError } from '../streaming.errors.js';
import { startBroker, type Broker } from './broker.js';
import { classArchiveFlags, classArchiveIn } from './class-archive.js';
import { formattedIn } from './formatted-directory.js';

const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const jars = resolve('.cache/kafka-4.3.1');
const log4j = resolve('infra/kafka/log4j2.yaml');

let directory: string;
const running: Broker[] = [];
const exits: string[] = [];

async function start(over: Partial<Parameters<typeof startBroker>[0]> = {}): Promise<Broker> {
  const broker = await startBroker({ directory, jars, log4j, heapMb: 256, onExit: (message) => exits.push(message), ...over });
  running.push(broker);
  return broker;
}

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tideline-broker-'));
  exits.length = 0;
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((broker) => broker.stop()));
  await rm(directory, { recursive: true, force: true });
});

async function until(condition: () => boolean | Promise<boolean>, what: string, ms = 20_000): Promise<void> {
  const deadline = performance.now() + ms;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`Not within ${ms} ms: ${what}`);
    await sleep(50);
  }
}

/** Process ids of the java that runs on our directory. */
function javaPids(): number[] {
  const listed = execFileSync('ps', ['-ww', '-eo', 'pid=,args='], { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  const ours = listed.split('\n').filter((line) => /^\s*\d+ java /.test(line) && line.includes(`kafka.Kafka ${directory}/`));
  return ours.map((line) => Number.parseInt(line, 10));
}

async function brokerOffsets(broker: Broker): Promise<bigint> {
  const streaming = openStreaming({ brokers: [broker.bootstrap], clientId: 'spec', logger: quiet });
  try {
    const [bound] = await streaming.bounds(['kept.v1']);
    return bound?.end ?? -1n;
  } finally {
    await streaming.close();
  }
}

describe('the local broker', () => {
  it('keeps its address and its messages over a restart, and moves when its port was taken', async () => {
    const first = await start();
    const streaming = openStreaming({ brokers: [first.bootstrap], clientId: 'spec', logger: quiet });
    await streaming.ensureTopics([{ topic: 'kept.v1', partitions: 1, config: domainTopicConfig }]);
    await (
      await streaming.producer()
    ).send('kept.v1', [
      { key: 'a', value: '1' },
      { key: 'a', value: '2' },
    ]);
    await streaming.close();
    await first.stop();
    expect(javaPids()).toEqual([]);

    const second = await start();
    expect(second.bootstrap).toBe(first.bootstrap);
    expect(await brokerOffsets(second)).toBe(2n);
    await second.stop();

    const { controller } = JSON.parse(await readFile(join(directory, 'ports.json'), 'utf8')) as { controller: number };
    const squatter = createServer().listen(controller, '127.0.0.1');
    await until(() => squatter.listening, 'the port is taken');
    try {
      const third = await start();
      expect(third.bootstrap).not.toBe(first.bootstrap);
      expect(await brokerOffsets(third)).toBe(2n);
      await third.stop();
    } finally {
      squatter.close();
    }
    expect(exits).toEqual([]);
  });

  it('takes its classes from the archive that the set-up made, and starts without where that is of no use', async () => {
    expect(classArchiveFlags(jars)).toContain(`-XX:SharedArchiveFile=${classArchiveIn(jars)}`);
    const others = join(directory, 'jars');
    await mkdir(others);
    for (const jar of await readdir(jars)) if (jar.endsWith('.jar')) await symlink(join(jars, jar), join(others, jar));
    expect(classArchiveFlags(others)).toEqual([]);
    await writeFile(classArchiveIn(others), 'cut short');
    expect(classArchiveFlags(others)).toHaveLength(3);
    await (await start({ jars: others })).stop();
    expect(exits).toEqual([]);
  });

  it('copies the directory that the set-up had formatted, under an id of its own, and has Kafka format one where that is of no use', async () => {
    const meta = async (data: string): Promise<Record<string, string>> => {
      const lines = (await readFile(join(data, 'meta.properties'), 'utf8')).split('\n').filter((line) => /^[^#].*=/.test(line));
      return Object.fromEntries(lines.map((line) => line.split('=', 2) as [string, string]));
    };
    const ready = await meta(formattedIn(jars));
    const others = join(directory, 'jars');
    await mkdir(others);
    for (const file of await readdir(jars)) if (file !== 'formatted') await symlink(join(jars, file), join(others, file));
    // Formatted by settings that are not those of today.
    await mkdir(formattedIn(others));
    await writeFile(join(formattedIn(others), 'server.properties'), 'node.id=2\n');
    const ids: string[] = [];
    for (const [name, from, copied] of [
      ['one', jars, true],
      ['two', jars, true],
      ['three', others, false],
    ] as const) {
      const own = join(directory, name);
      const broker = await start({ directory: own, jars: from });
      const streaming = openStreaming({ brokers: [broker.bootstrap], clientId: 'spec', logger: quiet });
      await streaming.ensureTopics([{ topic: 'kept.v1', partitions: 1, config: domainTopicConfig }]);
      await streaming.close();
      const made = await meta(join(own, 'data'));
      expect(made['directory.id'] === ready['directory.id']).toBe(copied);
      ids.push(made['cluster.id'] ?? '');
      await broker.stop();
    }
    expect(new Set([...ids, ready['cluster.id']]).size).toBe(4);
    expect(exits).toEqual([]);
  });

  it('listens on loopback only, is not started twice, and says when it ended unasked', async () => {
    await start();
    const settings = await readFile(join(directory, 'server.properties'), 'utf8');
    expect(settings).toMatch(/^listeners=PLAINTEXT:\/\/127\.0\.0\.1:\d+,CONTROLLER:\/\/127\.0\.0\.1:\d+$/m);
    const { broker, controller } = JSON.parse(await readFile(join(directory, 'ports.json'), 'utf8')) as {
      broker: number;
      controller: number;
    };
    const listening = execFileSync('sh', ['-c', 'cat /proc/net/tcp /proc/net/tcp6 2>/dev/null || true'], { encoding: 'utf8' });
    const hex = (port: number): string => port.toString(16).toUpperCase().padStart(4, '0');
    const addresses = [...listening.matchAll(/^\s*\d+: ([0-9A-F]+):([0-9A-F]{4}) \S+ 0A/gm)].filter(
      ([, , port]) => port === hex(broker) || port === hex(controller),
    );
    for (const [, address] of addresses) expect(['0100007F', '0000000000000000FFFF00000100007F']).toContain(address);

    await expect(start()).rejects.toMatchObject({
      code: 'broker-not-started',
      message: expect.stringContaining('Another broker holds') as string,
    });
    expect(exits).toEqual([]);

    for (const pid of javaPids()) process.kill(pid, 'SIGKILL');
    await until(() => exits.length > 0, 'the end is told');
    expect(exits).toEqual([expect.stringContaining('ended by itself')]);
  });

  it('does not outlive a parent that was killed, and the next start waits for its end', async () => {
    const parent = await parentProcess('console.log((await broker).bootstrap);');
    const bootstrap = await said(parent);
    await until(() => javaPids().length === 1, 'the broker of the other process runs');
    parent.kill('SIGKILL');
    // At once, while the former one still closes its log.
    const next = await start();
    expect(next.bootstrap).toBe(bootstrap);
    expect(javaPids()).toHaveLength(1);
    await next.stop();
    expect(javaPids()).toEqual([]);
  });

  it('comes up on a new directory while its parent is busy with something else', async () => {
    const parent = await parentProcess(`
      import { existsSync } from 'node:fs';
      import { setTimeout as sleep } from 'node:timers/promises';
      while (!existsSync(${JSON.stringify(join(directory, 'server.properties'))})) await sleep(5);
      await sleep(200);
      console.log('busy');
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60_000);`);
    try {
      expect(await said(parent)).toBe('busy');
      const { broker } = JSON.parse(await readFile(join(directory, 'ports.json'), 'utf8')) as { broker: number };
      await until(() => connects(broker), 'the broker listens');
    } finally {
      parent.kill('SIGKILL');
      await until(() => javaPids().length === 0, 'the broker is gone');
    }
  });

  it('says that the jars are missing, and how to get them', async () => {
    await expect(start({ jars: join(directory, 'nothing') })).rejects.toMatchObject({
      code: 'broker-not-started',
      message: expect.stringContaining('mvn -f infra/kafka/pom.xml') as string,
    });
  });

  // Many: the shell's end while it still forks once left one start in thirty hanging until its time was over.
  it('says that there is no java, every time', async () => {
    const said: string[] = [];
    const lane = async (of: number): Promise<void> => {
      for (let turn = 0; turn < 30; turn += 1) {
        const ended = start({ java: join(directory, 'java'), directory: join(directory, `${of}-${turn}`) });
        said.push(await ended.then(String, (error: StreamingError) => `${error.code} ${error.message}`));
      }
    };
    await Promise.all([0, 1, 2, 3].map(lane));
    expect(said.filter((words) => !/^broker-not-started .*install Java 17/.test(words))).toEqual([]);
  });
});

/**
 * Another process that starts a broker on our directory and stays. It runs the compiled source of this very folder.
 * @param then what it does with `broker`, which is on its way
 */
async function parentProcess(then: string): Promise<ChildProcess> {
  const compiled = join(directory, 'compiled');
  for (const file of [
    'broker/broker.ts',
    'broker/class-archive.ts',
    'broker/formatted-directory.ts',
    'broker/server-properties.ts',
    'streaming.errors.ts',
  ]) {
    const source = await readFile(resolve('libs/streaming/src', file), 'utf8');
    const { outputText } = ts.transpileModule(source, {
      compilerOptions: { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.ESNext },
    });
    const target = join(compiled, file.replace(/\.ts$/, '.js'));
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, outputText);
  }
  await writeFile(join(compiled, 'package.json'), '{"type":"module"}');
  const script = join(compiled, 'parent.js');
  const options = JSON.stringify({ directory, jars, log4j, heapMb: 256 });
  await writeFile(
    script,
    `import { startBroker } from './broker/broker.js';\nconst broker = startBroker({ ...${options}, onExit: () => undefined });\n${then}\nsetInterval(() => undefined, 1_000);\n`,
  );
  return spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
}

/** The first line that another process says. */
function said(process: ChildProcess): Promise<string> {
  return new Promise((up, down) => {
    process.once('exit', (code) => down(new Error(`The other process ended with ${code}.`)));
    process.stdout?.once('data', (line: Buffer) => up(line.toString().trim()));
  });
}

/** Whether somebody listens there. */
async function connects(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  const answered = await new Promise<boolean>((done) => socket.once('connect', () => done(true)).once('error', () => done(false)));
  socket.destroy();
  return answered;
}
