import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { pipeline } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { refuse } from './http-errors.js';

/** A statement and what goes with it, as a client sent it. */
export interface StatementRequest {
  readonly sql: string;
  /** Rows of an INSERT that came beside the statement. */
  readonly rows: Buffer | undefined;
  readonly database: string | undefined;
  readonly format: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly parameters: Readonly<Record<string, string>>;
  readonly queryId: string | undefined;
  /** The client takes a gzip answer and asked for one. */
  readonly gzip: boolean;
}

/** Parts of the protocol in the URL that are no settings of the engine. Sessions are not kept: each request stands alone. */
const protocolNames: ReadonlySet<string> = new Set([
  'query',
  'database',
  'default_format',
  'query_id',
  'session_id',
  'session_timeout',
  'session_check',
  'quota_key',
  'user',
  'password',
  'role',
  'close_session',
  'client_protocol_version',
  'wait_end_of_query',
  'buffer_size',
  'send_progress_in_http_headers',
  'http_headers_progress_interval_ms',
  'http_write_exception_in_output_format',
  'enable_http_compression',
  'http_zlib_compression_level',
]);

/** @throws {ClickHouseFault} 48 on a compression we do not speak, 307 on a body larger than `bodyLimit` bytes */
export async function readStatement(request: IncomingMessage, url: URL, bodyLimit: number): Promise<StatementRequest> {
  for (const name of ['compress', 'decompress']) {
    if (url.searchParams.get(name) === '1') {
      throw refuse('notImplemented', `${name}=1 (ClickHouse's own compressed blocks) is not spoken here. Use gzip, or no compression.`);
    }
  }
  const settings: Record<string, string> = {};
  const parameters: Record<string, string> = {};
  for (const [name, value] of url.searchParams) {
    if (name.startsWith('param_')) parameters[name.slice('param_'.length)] = value;
    else if (name !== 'compress' && name !== 'decompress' && !protocolNames.has(name)) settings[name] = value;
  }
  if (/^multipart\//.test(request.headers['content-type'] ?? '')) {
    throw refuse('notImplemented', 'Multipart bodies are not spoken here. Put parameters into the URL as param_name=value.');
  }
  const body = request.method === 'POST' ? await readBody(request, bodyLimit) : undefined;
  const inUrl = url.searchParams.get('query') ?? '';
  const sql = inUrl === '' ? (body?.toString('utf8') ?? '') : inUrl;
  if (sql.includes('\0')) throw refuse('syntax', 'A statement cannot hold a NUL byte.');
  if (sql.trim() === '') throw refuse('syntax', 'Empty query');
  return {
    sql,
    rows: inUrl !== '' && body && body.length > 0 ? body : undefined,
    database: url.searchParams.get('database') ?? headerOf(request, 'x-clickhouse-database'),
    format: url.searchParams.get('default_format') ?? headerOf(request, 'x-clickhouse-format') ?? 'TabSeparated',
    settings,
    parameters,
    queryId: url.searchParams.get('query_id') ?? undefined,
    gzip: url.searchParams.get('enable_http_compression') === '1' && /\bgzip\b/.test(request.headers['accept-encoding'] ?? ''),
  };
}

/** Whether the request carries the secret: as password of basic auth, of X-ClickHouse-Key, of the URL, or as a bearer. */
export function carriesSecret(request: IncomingMessage, url: URL, secret: string): boolean {
  const authorization = request.headers.authorization ?? '';
  const basic = /^Basic (.+)$/i.exec(authorization)?.[1];
  const given =
    headerOf(request, 'x-clickhouse-key') ??
    (basic === undefined
      ? undefined
      : Buffer.from(basic, 'base64')
          .toString('utf8')
          .replace(/^[^:]*:/, '')) ??
    /^Bearer (.+)$/i.exec(authorization)?.[1] ??
    url.searchParams.get('password') ??
    '';
  return timingSafeEqual(digest(given), digest(secret));
}

async function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  const encoding = request.headers['content-encoding'] ?? 'identity';
  const decoder = decoders[encoding];
  if (decoder === undefined) {
    throw refuse('notImplemented', `Bodies compressed by ${encoding} are not read here. Use gzip, deflate, br or none.`);
  }
  const source = decoder === null ? request : pipeline(request, decoder(), () => undefined);
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of source as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limit) throw refuse('tooLarge', `The body is larger than ${limit} bytes. Send it in several requests.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}

const decoders: Readonly<Record<string, (() => NodeJS.ReadWriteStream) | null | undefined>> = {
  identity: null,
  gzip: () => createGunzip(),
  deflate: () => createInflate(),
  br: () => createBrotliDecompress(),
};

function headerOf(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
