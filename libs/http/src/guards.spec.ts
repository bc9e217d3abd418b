import { Controller, Get, Module, Post, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { request } from 'node:http';
import type { AddressInfo, Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { isLoopback, Public, refuseOpenBind, Roles, setupHttp } from './index.js';

class Coded extends Error {
  readonly retryable = true;
  constructor(readonly code: string) {
    super('The shop is away.');
  }
}

@Controller()
@Roles('viewer')
class Probe {
  @Public()
  @Get('health/live')
  live(): string {
    return 'live';
  }
  @Get('figures')
  figures(): string {
    return 'secret figures';
  }
  @Get('unknown-shop')
  unknown(): never {
    throw new Coded('shop-unknown');
  }
  @Get('away')
  away(): never {
    throw new Coded('engine-unavailable');
  }
  @Post('deed')
  deed(): string {
    return 'done';
  }
  @Get('bug')
  bug(): never {
    throw new Error('a stack with secrets');
  }
}

@Module({ controllers: [Probe] })
class ProbeModule {}

let app: INestApplication | undefined;
afterEach(() => app?.close());

async function start(
  secret?: string,
  origins?: readonly string[],
): Promise<(path: string, headers?: Record<string, string>, method?: string) => Promise<{ status: number; type: string; body: string }>> {
  app = await NestFactory.create(ProbeModule, { logger: false, bodyParser: false });
  setupHttp(app, { host: '127.0.0.1', secret, origins, log: () => undefined });
  await app.listen(0, '127.0.0.1');
  const { port } = (app.getHttpServer() as Server).address() as AddressInfo;
  return (path, headers = {}, method = 'GET') =>
    new Promise((done, failed) => {
      request({ host: '127.0.0.1', port, path, headers, method }, (response) => {
        let body = '';
        response.on('data', (chunk: Buffer) => (body += chunk.toString('utf8')));
        response.on('end', () => done({ status: response.statusCode ?? 0, type: response.headers['content-type'] ?? '', body }));
      })
        .on('error', failed)
        .end();
    });
}

describe('who may ask', () => {
  it('knows loopback', () => {
    expect(['127.0.0.1', '127.9.9.9', '::1', 'localhost'].every(isLoopback)).toBe(true);
    expect(['0.0.0.0', '10.0.0.1', '::', 'example.org', '127.0.0.1.example.org'].some(isLoopback)).toBe(false);
  });

  it('refuses to open the API to the network without a secret or users', () => {
    expect(() => refuseOpenBind('0.0.0.0', undefined)).toThrow(/no TIDELINE_SECRET/);
    expect(() => refuseOpenBind('0.0.0.0', 'a-long-enough-secret')).not.toThrow();
    expect(() => refuseOpenBind('0.0.0.0', undefined, 1)).not.toThrow();
    expect(() => refuseOpenBind('127.0.0.1', undefined)).not.toThrow();
  });

  it('without a secret answers only requests that name this machine', async () => {
    const get = await start();
    expect((await get('/figures')).body).toBe('secret figures');
    expect(await get('/figures', { host: 'evil.example:7070' })).toMatchObject({
      status: 421,
      type: expect.stringContaining('problem+json') as string,
    });
  });

  it('without a secret lets no page of elsewhere change anything, however it asks', async () => {
    const ask = await start(undefined, ['https://figures.example.org']);
    const deed = async (headers?: Record<string, string>): Promise<number> => (await ask('/deed', headers, 'POST')).status;
    expect(await deed()).toBe(201);
    expect(await deed({ host: '127.0.0.1:7070', origin: 'http://127.0.0.1:7070' })).toBe(201);
    expect(await deed({ host: '127.0.0.1:7070', origin: 'https://figures.example.org' })).toBe(201);
    for (const origin of ['https://evil.example', 'http://127.0.0.1:8080', 'null']) {
      const refused = await ask('/deed', { host: '127.0.0.1:7070', origin }, 'POST');
      expect([refused.status, refused.type]).toEqual([403, expect.stringContaining('problem+json')]);
    }
  });

  it('with a secret answers only those who carry it, but for the liveness probe', async () => {
    const get = await start('a-long-enough-secret');
    expect((await get('/figures')).status).toBe(401);
    expect((await get('/figures', { authorization: 'Bearer wrong' })).status).toBe(401);
    expect((await get('/figures', { authorization: 'Bearer a-long-enough-secret' })).status).toBe(200);
    expect((await get('/health/live')).status).toBe(200);
  });
});

describe('errors', () => {
  it('are problems with a status by their code, and never a stack', async () => {
    const get = await start();
    const parsed = async (path: string): Promise<unknown> => JSON.parse((await get(path)).body);
    expect(await parsed('/unknown-shop')).toMatchObject({
      status: 404,
      code: 'shop-unknown',
      detail: 'The shop is away.',
      instance: '/unknown-shop',
    });
    expect(await parsed('/away')).toMatchObject({ status: 503, code: 'engine-unavailable' });
    expect(await parsed('/nothing')).toMatchObject({ status: 404, title: 'Not found' });
    const bug = await get('/bug');
    expect(bug.status).toBe(500);
    expect(bug.body).not.toContain('secrets');
    expect(bug.type).toContain('application/problem+json');
  });
});
