import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { FaultProxy } from './fault-proxy.js';

// The faults of the proxy, each on an echo: what the command `network` rests on.

let server: Server;
let proxy: FaultProxy;
const sockets: Socket[] = [];

beforeEach(async () => {
  server = createServer((socket) => socket.on('error', () => undefined).pipe(socket)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  proxy = await FaultProxy.open(1);
  proxy.leadTo(`127.0.0.1:${(server.address() as AddressInfo).port}`);
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await proxy.close();
  server.close();
});

async function client(): Promise<{ socket: Socket; got: () => number; ended: Promise<string> }> {
  const socket = connect(Number(proxy.address.split(':')[1]), '127.0.0.1');
  sockets.push(socket);
  let bytes = 0;
  socket.on('data', (chunk: Buffer) => (bytes += chunk.length));
  const ended = new Promise<string>((done) => {
    socket.once('error', (error: NodeJS.ErrnoException) => done(error.code ?? '')).once('close', () => done('closed'));
  });
  await once(socket, 'connect');
  return { socket, got: () => bytes, ended };
}

async function soon(condition: () => boolean, ms = 2_000): Promise<boolean> {
  for (const deadline = performance.now() + ms; performance.now() < deadline; await sleep(5)) if (condition()) return true;
  return false;
}

it('passes every byte while nothing is wrong, and counts them', async () => {
  const { socket, got } = await client();
  socket.write(Buffer.alloc(300_000));
  expect(await soon(() => got() === 300_000)).toBe(true);
  expect(proxy.counts).toEqual({ up: 300_000, down: 300_000, delayed: 0, held: 0, connections: 1, cut: 0 });
});

it('lets pieces come later, in their order, until the fault ends', async () => {
  const { socket, got } = await client();
  await proxy.begin({ kind: 'latency', ms: 100, jitterMs: 50 });
  const begun = performance.now();
  socket.write('hello');
  expect(await soon(() => got() === 5)).toBe(true);
  expect(performance.now() - begun).toBeGreaterThan(195);
  await proxy.begin({ kind: 'latency', ms: 60_000, jitterMs: 0 });
  socket.write('hello');
  await sleep(50);
  await proxy.end();
  expect(await soon(() => got() === 10)).toBe(true);
});

it('lets no more through than its width', async () => {
  const { socket, got } = await client();
  await proxy.begin({ kind: 'bandwidth', bytesPerSecond: 100_000 });
  socket.write(Buffer.alloc(100_000));
  await sleep(500);
  expect(got()).toBeLessThan(70_000);
  expect(got()).toBeGreaterThan(10_000);
});

it('resets a connection in the middle of a stream', async () => {
  const { socket, got, ended } = await client();
  await proxy.begin({ kind: 'reset', leastBytes: 1_000, mostBytes: 9_000 });
  socket.write(Buffer.alloc(50_000));
  expect(await ended).toBe('ECONNRESET');
  expect(got()).toBeLessThan(9_001);
  expect(proxy.counts.cut).toBe(1);
});

it('is silent on what stood and what comes, and what was silent stays so', async () => {
  const before = await client();
  await proxy.begin({ kind: 'half-open' });
  const during = await client();
  for (const { socket } of [before, during]) socket.write('hello');
  await sleep(100);
  expect([before.got(), during.got(), proxy.counts.held]).toEqual([0, 0, 10]);
  await proxy.end();
  const after = await client();
  for (const { socket } of [before, during, after]) socket.write('hello');
  expect(await soon(() => after.got() === 5)).toBe(true);
  expect([before.got(), during.got(), before.socket.destroyed]).toEqual([0, 0, false]);
});

it('is silent only from what it was told of on', async () => {
  const [one, other] = [await client(), await client()];
  await proxy.begin({ kind: 'half-open', from: (sent) => sent.includes('stop') });
  other.socket.write('go');
  one.socket.write('stop');
  expect(await soon(() => other.got() === 2)).toBe(true);
  expect(one.got()).toBe(0);
});

it('refuses, cuts what was connected, and comes back at the same address', async () => {
  const { ended } = await client();
  const { address } = proxy;
  await proxy.begin({ kind: 'refused' });
  expect(await ended).toBe('ECONNRESET');
  await expect(client()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  await proxy.end();
  expect(proxy.address).toBe(address);
  const { socket, got } = await client();
  socket.write('hello');
  expect(await soon(() => got() === 5)).toBe(true);
});
