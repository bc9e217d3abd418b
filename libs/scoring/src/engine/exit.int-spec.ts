import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../../../..');
/** A process of its own that loads the source as the specs do, opens a model, scores with it, and has nothing more to do. */
const program = (last: string): string => `
import { runnerImport } from 'vite';
const conditions = ['tideline-source', 'node'];
const inline = { resolve: { conditions, externalConditions: conditions, external: undefined, noExternal: [/^#/] } };
const config = { configFile: false, logLevel: 'error', environments: { inline } };
const load = async (path) => (await runnerImport(path, config)).module;
const { fixture } = await load('./libs/scoring/src/engine/fixture.testing.ts');
const { openModel } = await load('./libs/scoring/src/engine/model.ts');
const made = await fixture();
const model = await openModel(made);
const scored = model.score(made.rows, made.count);
${last}
`;

/** @returns exit code and what it said */
async function run(last: string): Promise<{ code: number | null; said: string }> {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program(last)], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => (said += data.toString()));
  const timer = setTimeout(() => child.kill('SIGKILL'), 60_000);
  const code = await new Promise<number | null>((done) => child.once('close', done));
  clearTimeout(timer);
  return { code, said };
}

describe('a process with a model', () => {
  it.each([
    ['was closed while it scored', `await model.close(); console.log('scored', (await scored).prob.length);`],
    ['was left open', `console.log('scored', (await scored).prob.length);`],
    ['is still scoring', `scored.then(({ prob }) => console.log('scored', prob.length));`],
  ])('ends by itself when it has nothing to do, though the model %s', async (_, last) => {
    expect(await run(last)).toEqual({ code: 0, said: 'scored 300\n' });
  });
});
