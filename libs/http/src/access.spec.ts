import { Body, Controller, Get, Module, Post, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { HttpModule, LargeBody, LiveRoom, Principals, Public, Roles, setupHttp, type HttpOptions } from './index.js';

@Controller('api/v1')
class Declared {
  @Get('figures')
  @Roles('viewer')
  figures(): object {
    return {};
  }
  @Post('shops')
  @Roles('engineer')
  write(): object {
    return {};
  }
  @Post('files')
  @Roles('engineer')
  @LargeBody('1mb')
  files(@Body() body: { text?: string }): object {
    return { length: body.text?.length };
  }
  @Post('shops/:shop/files')
  @Roles('engineer')
  @LargeBody('1mb')
  filesOfShop(@Body() body: { text?: string }): object {
    return { length: body.text?.length };
  }
  @Get('open')
  @Public()
  open(): object {
    return {};
  }
}

@Controller('api/v1')
class Silent {
  @Get('forgotten/:id')
  forgotten(): object {
    return {};
  }
}

@LiveRoom({ name: 'feed' })
class SilentRoom {}

const principals = new Principals(
  (['viewer', 'operator', 'marketer', 'engineer', 'admin'] as const).map((role) => ({
    name: role,
    role,
    tokenHash: createHash('sha256').update(`token-of-${role}`).digest('hex'),
  })),
);

let app: INestApplication | undefined;
afterEach(() => app?.close());

async function start(parts: { controllers?: (new () => object)[]; providers?: (new () => object)[] }, options: Partial<HttpOptions> = {}) {
  @Module({ imports: [HttpModule.forRoot(principals)], ...parts })
  class ProbeModule {}
  app = await NestFactory.create(ProbeModule, { logger: false, bodyParser: false, abortOnError: false });
  setupHttp(app, { host: '127.0.0.1', secret: undefined, principals, log: () => undefined, ...options });
  await app.listen(0, '127.0.0.1');
  return `http://127.0.0.1:${((app.getHttpServer() as Server).address() as AddressInfo).port}`;
}

describe('doors', () => {
  it('an app with a route or a room that declares nothing does not start, and names each', async () => {
    await expect(start({ controllers: [Declared, Silent], providers: [SilentRoom] })).rejects.toThrow(
      'route GET api/v1/forgotten/:id (Silent.forgotten), room feed (SilentRoom)',
    );
  });

  it('let in who has the role', async () => {
    const url = await start({ controllers: [Declared] });
    const status = async (method: string, path: string, role?: string): Promise<number> =>
      (await fetch(`${url}/api/v1/${path}`, { method, headers: role === undefined ? {} : { authorization: `Bearer token-of-${role}` } }))
        .status;
    expect(await status('GET', 'figures', 'viewer')).toBe(200);
    expect(await status('POST', 'shops', 'marketer')).toBe(403);
    expect(await status('POST', 'shops', 'engineer')).toBe(201);
    expect(await status('GET', 'figures')).toBe(401);
    expect(await status('GET', 'open')).toBe(200);
    expect((await fetch(`${url}/api/docs/openapi.json`)).status).toBe(401);
    const document = await fetch(`${url}/api/docs/openapi.json`, { headers: { authorization: 'Bearer token-of-viewer' } });
    expect(await document.json()).toMatchObject({ paths: { '/api/v1/figures': { get: {} } } });
    const refused = await fetch(`${url}/api/v1/shops`, { method: 'POST', headers: { authorization: 'Bearer token-of-viewer' } });
    expect(await refused.json()).toMatchObject({
      code: 'role-too-low',
      detail: expect.stringContaining('needs the role engineer') as string,
    });
  });

  it('take large bodies where the route says so, from those whom it lets in', async () => {
    const url = await start({ controllers: [Declared] });
    const send = async (path: string, role: string, bytes: number): Promise<[number, object]> => {
      const headers = { 'content-type': 'application/json', authorization: `Bearer token-of-${role}` };
      const body = JSON.stringify({ text: 'x'.repeat(bytes) });
      const response = await fetch(`${url}/api/v1/${path}`, { method: 'POST', headers, body });
      return [response.status, (await response.json()) as object];
    };
    expect(await send('files', 'engineer', 500_000)).toEqual([201, { length: 500_000 }]);
    expect(await send('files', 'engineer', 2_000_000)).toEqual([
      413,
      expect.objectContaining({ detail: 'The body, 2000011 bytes, is larger than POST /api/v1/files takes.' }),
    ]);
    expect(await send('shops/any/files', 'engineer', 500_000)).toEqual([201, { length: 500_000 }]);
    expect((await send('shops/any/more/files', 'engineer', 500_000))[0]).toBe(413);
    // Nothing of it is read into memory for one who may not come in.
    expect((await send('files', 'viewer', 500_000))[0]).toBe(413);
    expect((await send('files', 'viewer', 5))[0]).toBe(403);
    expect((await send('shops', 'engineer', 500_000))[0]).toBe(413);
  });

  it('a browser signs in with a token, comes back with the cookie, and signs out', async () => {
    const url = await start({ controllers: [Declared] });
    const session = `${url}/api/v1/session`;
    const signIn = (token: string): Promise<Response> =>
      fetch(session, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ token }) });
    expect((await signIn('wrong')).status).toBe(401);
    const signedIn = await signIn('token-of-operator');
    const cookie = signedIn.headers.get('set-cookie')?.split(';')[0] ?? '';
    expect(await (await fetch(session, { headers: { cookie } })).json()).toEqual({ name: 'operator', role: 'operator' });
    expect((await fetch(session)).status).toBe(401);
    const out = await fetch(session, { method: 'DELETE', headers: { cookie } });
    expect([out.status, out.headers.get('set-cookie')]).toEqual([204, expect.stringContaining('Max-Age=0')]);
  });
});

describe('the dashboard', () => {
  it('is its files, its page at every route, and words when it is not built', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'tideline-dashboard-'));
    try {
      const url = await start({ controllers: [Declared] }, { dashboard: directory });
      const get = async (path: string): Promise<[number, string | null, string]> => {
        const response = await fetch(`${url}${path}`);
        return [response.status, response.headers.get('cache-control'), await response.text()];
      };
      expect((await get('/'))[2]).toContain('npm run build');
      await mkdir(join(directory, 'assets'));
      await writeFile(join(directory, 'index.html'), 'the page');
      await writeFile(join(directory, 'assets', 'app-1a2b.js'), 'the script');
      expect(await get('/')).toEqual([200, 'no-cache', 'the page']);
      expect(await get('/customers/7')).toEqual([200, 'no-cache', 'the page']);
      expect(await get('/assets/app-1a2b.js')).toEqual([200, 'public, max-age=31536000, immutable', 'the script']);
      expect((await get('/assets/gone.js'))[0]).toBe(404);
      expect((await get('/api/v1/nothing'))[0]).toBe(404);
      const policy = (await fetch(url)).headers.get('content-security-policy');
      expect(policy).toContain("script-src 'self';");
      expect(policy).toContain("connect-src 'self' ws: wss:");
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  });
});
