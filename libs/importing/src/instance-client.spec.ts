import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { InstanceClient } from './instance-client.js';
import { loadMapping } from './mapping.js';

let server: Server | undefined;
afterEach(async () => {
  server?.close();
  if (server?.listening) await once(server, 'close');
  server = undefined;
});

/** A server that gives one answer to everything, or one per method, and keeps what it was asked. */
async function answering(
  status: number,
  body: string,
  bodies: Readonly<Record<string, string>> = {},
): Promise<{ url: string; asked: { request: IncomingMessage; body: string }[] }> {
  const asked: { request: IncomingMessage; body: string }[] = [];
  server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => (text += chunk));
    request.on('end', () => {
      asked.push({ request, body: text });
      response.writeHead(status, { connection: 'close' }).end(bodies[request.method ?? ''] ?? body);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

describe('InstanceClient', () => {
  it('registers a shop with what the mapping says, and the secret', async () => {
    const { url, asked } = await answering(200, '{"shop":"my-shop","status":"ready"}', { GET: '{"shops":[]}' });
    const answer = await new InstanceClient(url, 'a-secret-of-16-characters').registerShop('my-shop', await loadMapping('online-retail'));
    expect(answer.status).toBe('ready');
    expect(asked[1]?.request).toMatchObject({ method: 'PUT', url: '/api/v1/shops/my-shop' });
    expect(asked[0]?.request.headers.authorization).toBe('Bearer a-secret-of-16-characters');
    expect(JSON.parse(asked[1]?.body ?? '')).toEqual({ timeZone: 'Europe/London', currency: 'GBP', clock: 'data' });
  });

  it('takes a shop that is there as it is, unless the mapping says otherwise', async () => {
    const there = { shop: 'my-shop', timeZone: 'Europe/London', currency: 'GBP', fiscalYearStart: 4, clock: 'wall', status: 'ready' };
    const { url, asked } = await answering(200, '{}', { GET: JSON.stringify({ shops: [there] }) });
    const client = new InstanceClient(url, undefined);
    const mapping = await loadMapping('online-retail');
    expect(await client.registerShop('my-shop', mapping)).toEqual(there);
    for (const other of [{ currency: 'EUR' }, { timeZone: 'UTC' }, { fiscalYearStart: 1 }]) {
      await expect(client.registerShop('my-shop', { ...mapping, ...other })).rejects.toMatchObject({
        code: 'shop-differs',
        retryable: false,
      });
    }
    expect(asked.every(({ request }) => request.method === 'GET')).toBe(true);
  });

  it('shows a problem by its title and detail', async () => {
    const { url } = await answering(409, '{"type":"about:blank","title":"Conflict","status":409,"detail":"The shop exists in EUR."}');
    await expect(new InstanceClient(url, undefined).shop('my-shop')).rejects.toMatchObject({
      code: 'instance-refused',
      retryable: false,
      message: expect.stringContaining('Conflict: The shop exists in EUR.') as string,
    });
  });

  it('shows what is not a problem document as it stands', async () => {
    const { url } = await answering(404, 'not here');
    await expect(new InstanceClient(url, undefined).pipeline()).rejects.toMatchObject({
      code: 'instance-refused',
      message: expect.stringContaining('not here') as string,
    });
  });

  it('may be tried again when the instance is in trouble', async () => {
    const { url } = await answering(503, '{"title":"Unavailable","detail":"starting"}');
    await expect(new InstanceClient(url, undefined).pipeline()).rejects.toMatchObject({ code: 'instance-failed', retryable: true });
  });

  it('says that the instance went away in the middle of its answer, and may be tried again', async () => {
    server = createServer((request, response) => {
      request.resume().on('end', () => {
        const body = '{"shops":[]}';
        response.writeHead(200, { 'content-length': body.length });
        response.write(body.slice(0, body.length / 2), () => response.socket?.end());
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await expect(new InstanceClient(url, undefined).shops()).rejects.toMatchObject({
      code: 'instance-unreachable',
      retryable: true,
      message: expect.stringMatching(
        /^The instance at .* went away in the middle of its answer to GET \/api\/v1\/shops\. .*then ask again/,
      ) as string,
    });
  });

  it('says of an answer that is none of ours that something else listens there', async () => {
    const { url } = await answering(200, '<html>a router</html>');
    await expect(new InstanceClient(url, undefined).pipeline()).rejects.toMatchObject({
      code: 'instance-refused',
      message: expect.stringMatching(/is no JSON: .*--url/) as string,
    });
  });

  it('says what to do when nothing answers', async () => {
    const { url } = await answering(200, '{}');
    const gone = server;
    gone?.close();
    if (gone) await once(gone, 'close');
    await expect(new InstanceClient(url, undefined).summary('my-shop')).rejects.toMatchObject({
      code: 'instance-unreachable',
      message: expect.stringMatching(/No instance answers at .*npm start/) as string,
    });
  });
});
