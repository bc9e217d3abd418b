import { existsSync, readFileSync, rmSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeRepository } from './lib/fake-repository.mjs';

let repository;
beforeEach(() => {
  repository = new FakeRepository();
});
afterEach(() => repository.remove());

const external = { KAFKA_BROKERS: 'elsewhere:9092' };
const timeout = 30_000;

describe('npm start sets up what is missing, and only that', () => {
  it('installs, builds and fetches Kafka once', { timeout }, async () => {
    const { told } = await repository.once([]);
    expect(repository.notes()).toEqual(['npm ci', 'tsc', 'vite program', 'vite', 'mvn']);
    expect(told.jars).toBe(join(repository.root, '.cache', 'kafka-9.9.9'));
    await repository.once([]);
    expect(repository.notes()).toEqual([]);
  });

  it('installs again when the lock file changes', { timeout }, async () => {
    await repository.once([], external);
    repository.notes();
    repository.write('package-lock.json', '{ "changed": true }');
    await repository.once([], external);
    expect(repository.notes()).toContain('npm ci');
  });

  it.each(['apps/tideline/main.ts', 'libs/one/src/index.ts', 'test/bench/main.ts', 'tsconfig.json', 'tsconfig.build.json', 'package.json'])(
    'builds again when %s changes',
    { timeout },
    async (file) => {
      await repository.once([], external);
      repository.notes();
      utimesSync(join(repository.root, file), new Date(), new Date(Date.now() + 5_000));
      await repository.once([], external);
      expect(repository.notes()).toEqual(['tsc', 'vite program']);
    },
  );

  it('builds again when a source came, but not for a spec', { timeout }, async () => {
    await repository.once([], external);
    repository.notes();
    repository.write('libs/one/src/one.spec.ts', '');
    await repository.once([], external);
    expect(repository.notes()).toEqual([]);
    repository.write('libs/one/src/two.ts', '');
    await repository.once([], external);
    expect(repository.notes()).toEqual(['tsc', 'vite program']);
  });

  it('leaves nothing in the build of a source that went', { timeout }, async () => {
    repository.write('libs/one/src/two.ts', '');
    await repository.once([], external);
    const output = join(repository.root, 'dist/libs/one/src/two.js');
    expect(existsSync(output)).toBe(true);
    rmSync(join(repository.root, 'libs/one/src/two.ts'));
    await repository.once([], external);
    expect(existsSync(output)).toBe(false);
  });

  it('puts the program together again when it is gone, and never runs one of before', { timeout }, async () => {
    await repository.once([], external);
    repository.notes();
    const program = join(repository.root, 'dist/program/tideline.js');
    rmSync(program);
    await repository.once([], external);
    expect(repository.notes()).toEqual(['vite program']);
    repository.write('node_modules/vite/bin/vite.js', "console.log('cannot'); process.exit(1);");
    utimesSync(join(repository.root, 'libs/one/src/index.ts'), new Date(), new Date(Date.now() + 5_000));
    const failing = repository.launch([], external);
    expect(await failing.ended).toBe(1);
    expect(failing.output).toMatch(/could not be put together[\s\S]*cannot/);
    expect(existsSync(program)).toBe(false);
  });

  it('puts it together again when it was left half-made, or is made in another way', { timeout }, async () => {
    const bundler = readFileSync(join(repository.root, 'bundler.cjs'), 'utf8');
    // It dies once the first file is there.
    repository.write('bundler.cjs', `${bundler}\nif (isProgram) process.kill(process.pid, 'SIGKILL');`);
    const killed = repository.launch([], external);
    expect(await killed.ended).toBe(1);
    expect(existsSync(join(repository.root, 'dist/program/tideline.js'))).toBe(true);
    repository.write('node_modules/vite/bin/vite.js', bundler);
    repository.notes();
    await repository.once([], external);
    expect(repository.notes()).toEqual(['vite program', 'vite']);
    await repository.once([], external);
    expect(repository.notes()).toEqual([]);
    repository.write('scripts/lib/program.config.mjs', '// in another way');
    await repository.once([], external);
    expect(repository.notes()).toEqual(['vite program']);
  });

  it('builds again, and in full, when an output is gone', { timeout }, async () => {
    await repository.once([], external);
    repository.notes();
    repository.tool('npm', 'exit 1');
    const notesOfTsc = join(repository.root, 'dist/.tsbuildinfo');
    repository.write('node_modules/typescript/bin/tsc', `require('node:fs').existsSync('${notesOfTsc}') && process.exit(3);\n`);
    rmSync(join(repository.root, 'dist/libs/one/src/index.js'));
    // The compiler here fails when it finds its old notes; without them it would write every output.
    const { ended, run } = await repository.ready([], external);
    process.kill(Number(/ready (\d+)/.exec(run.output)[1]), 'SIGTERM');
    expect(await ended).toBe(7);
    expect(run.output).toContain('building');
  });
});

describe('npm start tells the program its settings', () => {
  it('flags before the environment, the environment before .env', { timeout }, async () => {
    repository.write('.env', 'TIDELINE_PORT=1\nTIDELINE_DATA=from-file\nKAFKA_BROKERS=elsewhere:9092\n');
    expect((await repository.once([])).told).toMatchObject({ port: '1', data: 'from-file' });
    const both = await repository.once(['--port', '3'], { TIDELINE_PORT: '2', TIDELINE_DATA: 'from-environment' });
    expect(both.told).toMatchObject({ port: '3', data: 'from-environment' });
  });

  it('what the flags of the simulated shop say, in any order and form', { timeout }, async () => {
    const flags = ['--no-simulator', '--profile', 'rich', '--seed=9', '--speed', '60', '--until', '2026-01-01'];
    expect((await repository.once(flags, external)).told.simulator).toEqual({
      TIDELINE_SIMULATOR: 'off',
      TIDELINE_SIMULATOR_PROFILE: 'rich',
      TIDELINE_SIMULATOR_SEED: '9',
      TIDELINE_SIMULATOR_SPEED: '60',
      TIDELINE_SIMULATOR_UNTIL: '2026-01-01',
    });
    const { told } = await repository.once(['--speed', '60', '--no-simulator'], { ...external, TIDELINE_SIMULATOR_SPEED: '1' });
    expect(told.simulator).toEqual({ TIDELINE_SIMULATOR: 'off', TIDELINE_SIMULATOR_SPEED: '60' });
    expect((await repository.once([], external)).told.simulator).toEqual({});
  });

  it('sixteen threads, or as many as were asked for', { timeout }, async () => {
    expect((await repository.once([], external)).told.threads).toBe('16');
    expect((await repository.once([], { ...external, UV_THREADPOOL_SIZE: '4' })).told.threads).toBe('4');
  });

  it('needs neither Java nor Maven for a broker of your own', { timeout }, async () => {
    repository.removeTool('java');
    repository.removeTool('mvn');
    expect((await repository.once([], external)).told.jars).toBeUndefined();
  });
});

describe('npm start hands a signal on and waits', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'])('%s to the launcher alone', { timeout }, async (signal) => {
    const { run, child, ended } = await repository.ready([], external);
    child.kill(signal);
    expect(await ended).toBe(7);
    expect(run.output).toContain(`draining ${signal}`);
    expect(run.output).toContain('drained');
  });

  it('Ctrl-C to the whole group: the launcher outlives the draining', { timeout }, async () => {
    const { run, child, ended } = await repository.ready([], external);
    process.kill(-child.pid, 'SIGINT');
    await sleep(100);
    expect(child.exitCode).toBeNull();
    expect(child.signalCode).toBeNull();
    expect(await ended).toBe(7);
    expect(run.output).toContain('drained');
  });

  it('and ends as the program did when a signal ends that', { timeout }, async () => {
    const { program, ended } = await repository.ready([], external);
    process.kill(program, 'SIGKILL');
    expect(await ended).toBe(137);
  });
});

describe('npm start says what to do', () => {
  async function refusal(args = [], env = {}) {
    const run = repository.launch(args, env);
    expect(await run.ended).toBe(1);
    expect(run.output).not.toMatch(/\n\s+at /);
    return run.output;
  }

  it('about an unknown flag, before it installs anything', { timeout }, async () => {
    expect(await refusal(['--prot', '1'])).toMatch(/--prot is not a flag[\s\S]*npm start -- \[--port 7070\]/);
    expect(await refusal(['--port', '--data'])).toMatch(/--port needs a value/);
    expect(await refusal(['--speed', '--no-simulator'])).toMatch(/--speed needs a value/);
    expect(repository.notes()).toEqual([]);
  });

  it('about Java: missing, only a stand-in, too old', { timeout }, async () => {
    repository.tool('java', 'echo "Unable to locate a Java Runtime." >&2; exit 1');
    expect(await refusal()).toMatch(/Java is missing.*17[\s\S]*KAFKA_BROKERS=/);
    repository.tool('java', 'echo \'java version "1.8.0_391"\' >&2');
    expect(await refusal()).toMatch(/Java 8 is too old.*17/);
    repository.removeTool('java');
    expect(await refusal()).toMatch(/Java is missing/);
  });

  it('about Maven, which it needs only while the jars are not there', { timeout }, async () => {
    repository.removeTool('mvn');
    expect(await refusal()).toMatch(/Maven is missing.*apt-get install maven[\s\S]*KAFKA_BROKERS=/);
    repository.write('.cache/kafka-9.9.9/.complete', '');
    expect((await repository.once([])).told.jars).toMatch(/kafka-9\.9\.9$/);
  });

  it('about a fetch that fails, with the last words of Maven; half a fetch does not count', { timeout }, async () => {
    repository.tool(
      'mvn',
      '[ "$1" = -v ] && exit 0; : > .cache/kafka-9.9.9.partial/half.jar; echo "[ERROR] repo.maven.apache.org: no route" ; exit 1',
    );
    expect(await refusal()).toMatch(/could not fetch the jars[\s\S]*no route/);
    expect(existsSync(join(repository.root, '.cache/kafka-9.9.9'))).toBe(false);
  });

  it('about packages that cannot be fetched; the next start tries again', { timeout }, async () => {
    repository.tool('npm', 'echo "npm error ECONNREFUSED" >&2; exit 1');
    expect(await refusal([], external)).toMatch(/npm ci failed[\s\S]*ECONNREFUSED/);
    expect(await refusal([], external)).toMatch(/npm ci failed/);
  });

  it('about a build that fails', { timeout }, async () => {
    repository.write('compiler.cjs', "console.log('libs/one/src/index.ts(1,1): error TS1005'); process.exit(2);");
    expect(await refusal([], external)).toMatch(/The build failed[\s\S]*TS1005/);
  });
});
