import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { runMaker } from './demand-maker.js';

const never = new AbortController().signal;
const node = (script: string, stop = never) => runMaker([process.execPath, '-e', script], stop);

it.each([
  ['made', '{"shop":"demo","origin":"2026-01-02"}', 0, { kind: 'made' }],
  [
    'too early',
    '{"code":"too-little-data","message":"47 days are missing.","enoughOn":"2026-02-17"}',
    1,
    { kind: 'too-early', words: '47 days are missing.', enoughOn: '2026-02-17' },
  ],
  ['failed', '{"code":"store-away","message":"No store answers.","enoughOn":null}', 2, { kind: 'failed', words: 'No store answers.' }],
])('takes from its last line that it is %s', async (_, line, code, made) => {
  expect(await node(`console.log('a word before'); console.log(${JSON.stringify(line)}); process.exitCode = ${code}`)).toEqual(made);
});

it('says how it ended where it said nothing of use', async () => {
  expect(await node(`console.error('out of memory'); process.exitCode = 3`)).toEqual({
    kind: 'failed',
    words: `${process.execPath} ended with code 3. out of memory`,
  });
  expect(await runMaker(['/nowhere/python'], never)).toMatchObject({
    words: expect.stringContaining('/nowhere/python could not be run') as string,
  });
});

it('ends the command when it is stopped, also one that does not listen', { timeout: 20_000 }, async () => {
  for (const listens of [true, false]) {
    const stop = new AbortController();
    const script = `${listens ? '' : "process.on('SIGTERM', () => undefined);"} setInterval(() => undefined, 1000); console.error(process.pid)`;
    const made = node(script, stop.signal);
    await sleep(500);
    stop.abort();
    const ended = await made;
    expect(ended).toMatchObject({ words: expect.stringContaining(listens ? 'SIGTERM' : 'SIGKILL') as string });
    const pid = Number(/(\d+)$/.exec((ended as { words: string }).words)?.[1]);
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  }
});
