import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { isIPv4, isIPv6, type AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { ClickHouseFault } from '../clickhouse.errors.js';
import type { EmbeddedClickHouse } from '../embedded-engine.js';
import { Turns } from './turns.js';
import { answerOf, refuse } from './http-errors.js';
import { carriesSecret, readStatement } from './http-request.js';
import { StatementRunner, type ReadLimits, type StatementResult } from './statement-runner.js';

/** Where one listener is, and who may ask. */
export interface ListenerOptions {
  /** 0 takes a free one. */
  readonly port: number;
  /** @default 127.0.0.1 */
  readonly host?: string;
  /** The password of every request, whatever its user. */
  readonly secret?: string | undefined;
}

export interface ServeOptions {
  /** Every right; nobody without the secret. */
  readonly readWrite?: ListenerOptions & { readonly secret: string };
  /** Reads only. Without a secret for this machine alone. */
  readonly readOnly?: ListenerOptions;
  /** @default 30 s, 256 MiB, 1 GiB */
  readonly limits?: ReadLimits;
}

/** The listeners as they stand. */
export interface HttpEndpoint {
  readonly readWrite: { readonly host: string; readonly port: number } | undefined;
  readonly readOnly: { readonly host: string; readonly port: number } | undefined;
  /** Takes nothing new, finishes what runs, closes. The engine must be closed after this. */
  close(): Promise<void>;
}

type Kind = 'readWrite' | 'readOnly';

/** Statements at a time: the embedded engine runs each on a thread of libuv's pool, which the lanes use too. */
const concurrent: Readonly<Record<Kind, number>> = { readWrite: 8, readOnly: 3 };
/** Statements that may wait for their turn. */
const waiting = 200;
const bodyLimits: Readonly<Record<Kind, number>> = { readWrite: 256 * 1024 * 1024, readOnly: 1024 * 1024 };
const standardLimits: ReadLimits = { seconds: 30, resultBytes: 256 * 1024 * 1024, memoryBytes: 1024 * 1024 * 1024 };
const zip = promisify(gzip);

/**
 * Serves the embedded engine on ClickHouse's HTTP protocol, as far as `@clickhouse/client` and `clickhouse-connect` use it.
 * @throws {ClickHouseFault} `bind-refused` when a listener would be open to the network without a secret;
 *   what the system says when a port is taken
 */
export async function serveHttp(engine: EmbeddedClickHouse, options: ServeOptions): Promise<HttpEndpoint> {
  const runner = new StatementRunner(engine.sessions, engine.spool, options.limits ?? standardLimits);
  const listeners: Listener[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(listeners.map((listener) => listener.close()));
  };
  const open = async (kind: Kind): Promise<{ host: string; port: number } | undefined> => {
    const wanted = options[kind];
    if (!wanted) return undefined;
    const listener = new Listener(kind, wanted, runner);
    listeners.push(listener);
    return listener.listen();
  };
  try {
    return { readWrite: await open('readWrite'), readOnly: await open('readOnly'), close };
  } catch (error) {
    await close();
    throw error;
  }
}

class Listener {
  readonly #server: Server;
  readonly #turns: Turns;
  readonly #host: string;
  readonly #running = new Set<Promise<void>>();

  constructor(
    private readonly kind: Kind,
    private readonly options: ListenerOptions,
    private readonly runner: StatementRunner,
  ) {
    this.#host = options.host ?? '127.0.0.1';
    this.#turns = new Turns(concurrent[kind], waiting);
    this.#server = createServer((request, response) => {
      const answering = this.answer(request, response);
      this.#running.add(answering);
      void answering.then(() => this.#running.delete(answering));
    });
  }

  async listen(): Promise<{ host: string; port: number }> {
    if (!isLoopback(this.#host) && this.options.secret === undefined) {
      throw new ClickHouseFault(
        'bind-refused',
        `The store would be open to the network at ${this.#host} without a secret. Set a secret, or listen on 127.0.0.1.`,
      );
    }
    this.#server.listen(this.options.port, this.#host);
    await once(this.#server, 'listening');
    return { host: this.#host, port: (this.#server.address() as AddressInfo).port };
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((done) => this.#server.close(() => done()));
    this.#server.closeIdleConnections();
    await Promise.all(this.#running);
    this.#server.closeAllConnections();
    await closed;
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.setHeader('X-ClickHouse-Server-Display-Name', 'tideline');
    try {
      const url = new URL(request.url ?? '/', 'http://store');
      this.admit(request, url);
      if (url.pathname === '/ping' || (url.pathname === '/' && request.method === 'GET' && !url.searchParams.has('query'))) {
        response.end('Ok.\n');
        return;
      }
      if (url.pathname !== '/' || (request.method !== 'GET' && request.method !== 'POST')) {
        response.writeHead(404, { 'content-type': 'text/plain' }).end('There is GET and POST on /, and /ping.\n');
        return;
      }
      const statement = await readStatement(request, url, bodyLimits[this.kind]);
      // As on a server, a GET changes nothing.
      const reads = this.kind === 'readOnly' || request.method === 'GET';
      const result = await this.#turns.take(
        () => (reads ? this.runner.read(statement) : this.runner.write(statement)),
        () => response.destroyed,
      );
      if (statement.queryId !== undefined && /^[\w.-]{1,100}$/.test(statement.queryId)) {
        response.setHeader('X-ClickHouse-Query-Id', statement.queryId);
      }
      await send(response, result, statement.format, statement.gzip);
    } catch (error) {
      sendError(request, response, error);
    }
  }

  /** A page elsewhere could point its own name at 127.0.0.1 (DNS rebinding): without a secret the name must be this machine's. */
  private admit(request: IncomingMessage, url: URL): void {
    const { secret } = this.options;
    if (secret !== undefined) {
      if (url.pathname === '/ping' || carriesSecret(request, url, secret)) return;
      throw refuse('authentication', 'Authentication failed: the password must be the secret of this store; the user may be any.');
    }
    const name = (request.headers.host ?? '').replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
    if (!isLoopback(name)) throw refuse('authentication', 'Without a secret only requests to 127.0.0.1 or localhost are answered.');
  }
}

async function send(response: ServerResponse, { body, summary }: StatementResult, format: string, zipped: boolean): Promise<void> {
  const bytes = zipped && body.length > 0 ? await zip(body) : body;
  response.writeHead(200, {
    'content-type': /^JSON/.test(format) ? 'application/json; charset=UTF-8' : 'text/tab-separated-values; charset=UTF-8',
    'content-length': bytes.length,
    ...(zipped && body.length > 0 ? { 'content-encoding': 'gzip' } : {}),
    'X-ClickHouse-Format': format.replace(/\W/g, ''),
    'X-ClickHouse-Timezone': 'UTC',
    'X-ClickHouse-Summary': JSON.stringify(summary),
  });
  response.end(bytes);
}

function sendError(request: IncomingMessage, response: ServerResponse, error: unknown): void {
  const { status, number, text } = answerOf(error);
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  response.writeHead(status, {
    'content-type': 'text/plain; charset=UTF-8',
    'X-ClickHouse-Exception-Code': String(number),
    // What is left of a body that was not read would be taken for the next request.
    ...(request.complete ? {} : { connection: 'close' }),
  });
  response.end(`${text}\n`);
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || (isIPv4(host) && host.startsWith('127.')) || (isIPv6(host) && host === '::1');
}
