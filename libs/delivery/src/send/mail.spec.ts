import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { collectGarbage } from './garbage.testing.js';
import { sendMail } from './mail.js';

// A mail server that says something all the time and never comes to an end.
let server: Server;
const sockets = new Set<Socket>();
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  server.close();
  await once(server, 'close');
});

async function trickling(): Promise<string> {
  server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    const more = setInterval(() => socket.write('220-one moment\r\n'), 20);
    socket.on('close', () => {
      clearInterval(more);
      sockets.delete(socket);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
const mail = { from: 'a@example.org', to: ['b@example.org'], key: 'k', subject: 's', text: 't', html: '<p>t</p>' };

it('gives up a server that trickles, after one limit for the whole conversation, and hangs up', async () => {
  const outcome = await sendMail({ ...mail, server: await trickling(), signal: new AbortController().signal, limitMs: 300 });
  expect(outcome).toEqual({ taken: false, detail: 'The mail server: no end of the conversation within 0.3 s' });
  await expect.poll(() => sockets.size).toBe(0);
});

it('gives it up all the same where memory is collected meanwhile', async () => {
  const sending = sendMail({ ...mail, server: await trickling(), signal: new AbortController().signal, limitMs: 300 });
  setTimeout(collectGarbage, 100);
  expect(await sending).toMatchObject({ taken: false, detail: expect.stringContaining('no end of the conversation') as string });
});

it('ends at once when the process does', async () => {
  const stop = new AbortController();
  const sending = sendMail({ ...mail, server: await trickling(), signal: stop.signal });
  setTimeout(() => stop.abort(new Error('the process ends')), 100);
  await expect(sending).rejects.toThrow('the process ends');
  await expect.poll(() => sockets.size).toBe(0);
});
