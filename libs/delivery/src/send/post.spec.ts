import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { collectGarbage } from './garbage.testing.js';
import { post } from './post.js';

let server: Server;
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

async function answering(answer: (response: ServerResponse) => void): Promise<string> {
  server = createServer((request, response) => {
    request.resume();
    answer(response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
const nothing = (): void => undefined;
const trickle = (response: ServerResponse): void => {
  const more = setInterval(() => response.write('x'), 20);
  response.on('close', () => clearInterval(more));
};
const what = { headers: {}, body: '{}', limitMs: 300 };

describe.each([
  ['never answers', nothing],
  ['never ends its answer', trickle],
])('one that %s', (_name, answer) => {
  it('is given up after one limit for all of it, also where memory is collected meanwhile', async () => {
    const url = await answering(answer);
    const stop = new AbortController();
    const sending = Promise.all([1, 2, 3].map(() => post({ ...what, url, signal: stop.signal })));
    setTimeout(collectGarbage, 100);
    const given = { taken: false, detail: 'No whole answer within 0.3 s.' };
    expect(await sending).toEqual([given, given, given]);
  });

  it('holds up no end of the process', async () => {
    const url = await answering(answer);
    const stop = new AbortController();
    const sending = post({ ...what, limitMs: 60_000, url, signal: stop.signal });
    setTimeout(collectGarbage, 50);
    setTimeout(() => stop.abort(new Error('the process ends')), 100);
    await expect(sending).rejects.toThrow('the process ends');
  });
});
