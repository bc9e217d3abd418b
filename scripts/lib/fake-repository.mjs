// For the specs of the launcher: a repository of a few files, with an npm, a compiler, a Java and a Maven that only leave notes.
// The launcher under test is the real one, copied in: it takes its root from its own place.
import { spawn } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A program that says what it was told, drains for a moment on a signal, and ends with code 7. */
const program = `
console.log('told ' + JSON.stringify({ port: process.env.TIDELINE_PORT, data: process.env.TIDELINE_DATA, jars: process.env.TIDELINE_KAFKA_JARS, threads: process.env.UV_THREADPOOL_SIZE, simulator: Object.fromEntries(Object.entries(process.env).filter(([name]) => name.startsWith('TIDELINE_SIMULATOR'))) }));
const idle = setInterval(() => {}, 1000);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {
  console.log('draining ' + signal);
  setTimeout(() => { console.log('drained'); clearInterval(idle); process.exit(7); }, 300);
});
console.log('ready ' + process.pid);
`;

/** Writes dist/ as tsc would: one file for each source; the program for the app. */
const compiler = `
const fs = require('node:fs'), path = require('node:path');
fs.appendFileSync('notes', 'tsc\\n');
const walk = (d) => fs.readdirSync(d, { withFileTypes: true }).flatMap((e) => e.isDirectory() ? walk(path.join(d, e.name)) : [path.join(d, e.name)]);
for (const f of ['apps', 'libs', 'test'].flatMap(walk).filter((f) => f.endsWith('.ts') && !f.endsWith('spec.ts'))) {
  const out = path.join('dist', f.replace(/\\.ts$/, '.js'));
  fs.mkdirSync(path.dirname(out), { recursive: true });
  fs.writeFileSync(out, fs.readFileSync(f));
}
fs.writeFileSync('dist/.tsbuildinfo', '');
`;

/** Writes dist/program or dist/dashboard as vite would. */
const bundler = `
const fs = require('node:fs');
const isProgram = process.argv.some((word) => word.endsWith('program.config.mjs'));
const out = isProgram ? 'dist/program' : 'dist/dashboard';
fs.appendFileSync('notes', isProgram ? 'vite program\\n' : 'vite\\n');
fs.mkdirSync(out, { recursive: true });
if (isProgram) fs.copyFileSync('dist/apps/tideline/main.js', out + '/tideline.js');
else fs.writeFileSync(out + '/index.html', '');
`;

export class FakeRepository {
  root = mkdtempSync(join(tmpdir(), 'tideline-launcher-'));
  #running = [];

  constructor() {
    cpSync('scripts', join(this.root, 'scripts'), { recursive: true });
    this.write('infra/kafka/pom.xml', '<kafka.version>9.9.9</kafka.version>');
    this.write('package.json', '{ "type": "module" }');
    this.write('package-lock.json', '{}');
    this.write('tsconfig.json', '{}');
    this.write('tsconfig.build.json', '{}');
    this.write('apps/tideline/main.ts', program);
    this.write('apps/dashboard/src/page.tsx', '');
    this.write('libs/one/src/index.ts', 'export {};');
    this.write('test/bench/main.ts', 'export {};');
    // The packages come with `npm ci`, the compilers among them; they are CommonJS here.
    this.write('compiler.cjs', compiler);
    this.write('bundler.cjs', bundler);
    this.tool(
      'npm',
      'echo "npm $1" >> notes; /bin/mkdir -p node_modules/typescript/bin node_modules/vite/bin; echo \'{"type":"commonjs"}\' > node_modules/package.json; /bin/cp compiler.cjs node_modules/typescript/bin/tsc; /bin/cp bundler.cjs node_modules/vite/bin/vite.js',
    );
    this.tool('java', 'echo \'openjdk version "17.0.1" 2021-10-19\' >&2');
    this.tool(
      'mvn',
      '[ "$1" = -v ] && exit 0; echo mvn >> notes; for a; do case "$a" in -DoutputDirectory=*) : > "${a#*=}/kafka.jar";; esac; done',
    );
  }

  write(path, text) {
    mkdirSync(dirname(join(this.root, path)), { recursive: true });
    writeFileSync(join(this.root, path), text);
  }

  /** A command that the launcher finds; there are no others on its path. */
  tool(name, script) {
    this.write(`bin/${name}`, `#!/bin/sh\n${script}\n`);
    chmodSync(join(this.root, 'bin', name), 0o755);
  }

  removeTool(name) {
    rmSync(join(this.root, 'bin', name));
  }

  /** What the tools did since the last question. */
  notes() {
    const file = join(this.root, 'notes');
    const lines = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
    rmSync(file, { force: true });
    return lines;
  }

  /** Starts the launcher in a process group of its own, as a shell does. */
  launch(args = [], env = {}, script = 'start.mjs') {
    const child = spawn(process.execPath, [join(this.root, 'scripts', script), ...args], {
      cwd: this.root,
      env: { PATH: join(this.root, 'bin'), ...env },
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const run = { child, output: '', ended: new Promise((done) => child.on('close', (code) => done(code))) };
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (run.output += chunk));
    this.#running.push(run);
    return run;
  }

  /** Launches and waits until the program is ready. @returns the run, and what the program was told */
  async ready(args, env) {
    const run = this.launch(args, env);
    await new Promise((done) => {
      const look = () => /ready \d+/.test(run.output) && done();
      run.child.stdout.on('data', look);
      run.child.on('close', done);
    });
    const told = /told (.*)/.exec(run.output);
    if (!told) throw new Error(`The launcher did not start the program:\n${run.output}`);
    return { ...run, run, told: JSON.parse(told[1]), program: Number(/ready (\d+)/.exec(run.output)[1]) };
  }

  /** Launches, and stops the program as soon as it is ready. */
  async once(args, env) {
    const started = await this.ready(args, env);
    process.kill(started.program, 'SIGTERM');
    await started.ended;
    return started;
  }

  async remove() {
    for (const { child, ended } of this.#running) {
      if (child.exitCode === null && child.signalCode === null) process.kill(-child.pid, 'SIGKILL');
      await ended;
    }
    rmSync(this.root, { recursive: true, force: true });
  }
}
