import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

let work;
let data;
beforeEach(() => {
  work = mkdtempSync(join(tmpdir(), 'tideline-reset-'));
  data = join(work, 'data');
});
afterEach(() => rmSync(work, { recursive: true, force: true }));

/** A file in the data directory; its folders too. */
function keep(path, text = '') {
  mkdirSync(join(data, path, '..'), { recursive: true });
  writeFileSync(join(data, path), text);
}

function reset(args = ['--data', data], env = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/reset.mjs', ...args], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, ...env },
  });
  expect(stderr).not.toMatch(/\n\s+at /);
  return { status, said: `${stdout}${stderr}` };
}

describe('npm run reset', () => {
  it('removes what an instance kept', () => {
    keep('kafka/log');
    keep('clickhouse/store');
    keep('logs/tideline.log');
    keep('models/demo/churn.onnx');
    expect(reset()).toMatchObject({ status: 0, said: `${data} was removed.\n` });
    expect(existsSync(data)).toBe(false);
  });

  it('reads the directory from the environment, a flag first', () => {
    keep('kafka/log');
    expect(reset([], { TIDELINE_DATA: data }).status).toBe(0);
    expect(existsSync(data)).toBe(false);
    keep('kafka/log');
    expect(reset(['--data', join(work, 'nothing')], { TIDELINE_DATA: data }).said).toMatch(/nothing to clear/);
    expect(existsSync(data)).toBe(true);
  });

  it.each([
    ['one with things of somebody else', ['kafka/log', 'thesis.odt'], /not Tideline's \(thesis\.odt\)/],
    ['one with a folder of logs alone', ['logs/access.log'], /does not look like a data directory/],
  ])('refuses %s', (_, files, words) => {
    for (const file of files) keep(file);
    const { status, said } = reset();
    expect(status).toBe(1);
    expect(said).toMatch(words);
    for (const file of files) expect(existsSync(join(data, file)), file).toBe(true);
  });

  it('refuses a file', () => {
    writeFileSync(data, 'x');
    expect(reset()).toMatchObject({ status: 1, said: expect.stringMatching(/is not a directory/) });
    expect(existsSync(data)).toBe(true);
  });

  it.each([
    ['has noted', 'instance.json', (pid) => JSON.stringify({ pid, url: 'http://127.0.0.1:7070' }), ' (http://127.0.0.1:7070)'],
    ["has by the engine's note", 'clickhouse/status', (pid) => `PID: ${pid}\nStarted at: 2026-01-31 10:00:00\nRevision: 54500\n`, ''],
  ])('refuses one that a living process %s, and clears it when that is gone', async (_, file, note, where) => {
    const holder = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    const gone = new Promise((done) => holder.once('exit', done));
    keep('kafka/log');
    keep(file, note(holder.pid));
    const { status, said } = reset();
    holder.kill('SIGKILL');
    await gone;
    expect(status).toBe(1);
    expect(said).toContain(`in use by process ${holder.pid}${where}: stop it`);
    expect(existsSync(join(data, 'kafka/log'))).toBe(true);
    expect(reset().status).toBe(0);
    expect(existsSync(data)).toBe(false);
  });

  it.each(['', '{"pid":', '{"pid":0}', '{"pid":-1}', 'null', '7'])('takes instance.json of %j for nobody', (text) => {
    keep('instance.json', text);
    keep('clickhouse/status', text);
    expect(reset().status).toBe(0);
  });

  it('empties the directory behind a link, and leaves the link', () => {
    const real = join(work, 'real');
    mkdirSync(join(real, 'kafka'), { recursive: true });
    symlinkSync(real, data);
    expect(reset().status).toBe(0);
    expect(readdirSync(real)).toEqual([]);
    expect(existsSync(data)).toBe(true);
  });

  it('refuses what it does not know', () => {
    keep('kafka/log');
    expect(reset(['--bogus', 'x'])).toMatchObject({ status: 1, said: expect.stringMatching(/--bogus is not a flag[\s\S]*npm run reset/) });
    expect(reset(['--data'])).toMatchObject({ status: 1, said: expect.stringMatching(/--data needs a value/) });
    expect(reset(['--port', '1'])).toMatchObject({ status: 1, said: expect.stringMatching(/--port is not a flag/) });
    expect(existsSync(join(data, 'kafka/log'))).toBe(true);
  });
});
