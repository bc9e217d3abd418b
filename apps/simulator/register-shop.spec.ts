import { createLogger } from '#observability';
import { demoSettings } from '#simulation';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { registerShop } from './register-shop.js';

const token = 'token-of-an-engineer';
const log = createLogger('silent');
const asked: { what: string; authorization: string | undefined; body: unknown }[] = [];
let server: Server | undefined;
afterEach(async () => {
  server?.close();
  if (server?.listening) await once(server, 'close');
  asked.length = 0;
});

/** An API that gives one answer to everything. */
async function answering(status: number, body: object, port = 0): Promise<string> {
  server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      asked.push({ what: `${request.method} ${request.url}`, authorization: request.headers.authorization, body: JSON.parse(text) });
      response.writeHead(status, { connection: 'close' }).end(JSON.stringify(body));
    });
  }).listen(port, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

it('waits for the API, then has it make the shop with the token', async () => {
  const url = await answering(200, {});
  server?.close();
  const registering = registerShop(url, token, log);
  await sleep(300);
  await answering(200, { shop: 'demo' }, Number(new URL(url).port));
  await registering;
  expect(asked).toEqual([{ what: 'PUT /api/v1/shops/demo', authorization: `Bearer ${token}`, body: demoSettings }]);
});

it('does not ask twice where it is refused, and says why', async () => {
  const url = await answering(409, { title: 'Conflict', detail: 'The shop demo exists with currency GBP.' });
  await expect(registerShop(url, token, log)).rejects.toMatchObject({
    code: 'instance-refused',
    message: expect.stringContaining('exists with currency GBP') as string,
  });
  expect(asked).toHaveLength(1);
});
