import type { Outcome } from '../outbox/life.js';
import { within } from './limit.js';

/** From the first packet to the end of the answer. */
const answerMs = 5_000;
/** So much of an answer is read; it says nothing that is needed. */
const mostBytes = 65_536;
/** Statuses whose `Retry-After` counts. */
const busy = new Set([429, 503]);

export interface Post {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The process ends: what came of it will not be known. */
  readonly signal: AbortSignal;
  /** For all of it, milliseconds; 5 s where nothing is said. */
  readonly limitMs?: number;
}

/** Sends a body by POST. Only 2xx is success. Never throws, but when `signal` aborts it. */
export async function post({ signal, limitMs = answerMs, ...what }: Post): Promise<Outcome> {
  try {
    return await within(limitMs, signal, (limit) => exchange({ ...what, signal: limit }));
  } catch (error) {
    signal.throwIfAborted();
    return { taken: false, detail: wordsOf(error as Error, limitMs) };
  }
}

/** @throws what `fetch` does, when there is no whole answer */
async function exchange({ url, headers, body, signal }: Omit<Post, 'limitMs'>): Promise<Outcome> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json; charset=utf-8', 'user-agent': 'Tideline', ...headers },
    body,
    // Followed, it would go to an address that nobody named.
    redirect: 'manual',
    signal,
  });
  const text = await beginningOf(response);
  const { status } = response;
  if (response.ok) return { taken: true, detail: `${status}` };
  if (status >= 300 && status < 400)
    return { taken: false, detail: `${status}: it redirects, which is not followed. Name the address that takes deliveries itself.` };
  const retryAfterMs = busy.has(status) ? retryAfterOf(response.headers.get('retry-after'), Date.now()) : undefined;
  const said = text.replace(/\s+/g, ' ').trim();
  return {
    taken: false,
    detail: said === '' ? `${status}` : `${status}: ${said}`,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
}

/** Milliseconds that a `Retry-After` asks for, in either of its forms; undefined where it says nothing (RFC 9110, 10.2.3). */
export function retryAfterOf(header: string | null, now: number): number | undefined {
  if (header === null) return undefined;
  if (/^\d{1,9}$/.test(header.trim())) return Number(header) * 1_000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}

/** Reads an answer so that its connection can be used again; one without an end is cut off. */
async function beginningOf(response: Response): Promise<string> {
  const reader = response.body?.getReader() as ReadableStreamDefaultReader<Uint8Array> | undefined;
  if (!reader) return '';
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  while (bytes < mostBytes) {
    const { done, value } = await reader.read();
    if (done) return textOf(chunks);
    chunks.push(value);
    bytes += value.length;
  }
  await reader.cancel();
  return textOf(chunks);
}

function textOf(chunks: readonly Uint8Array[]): string {
  return Buffer.concat(
    chunks,
    Math.min(
      mostBytes,
      chunks.reduce((sum, { length }) => sum + length, 0),
    ),
  )
    .toString('utf8')
    .toWellFormed();
}

function wordsOf(error: Error, limitMs: number): string {
  const { name, cause, message } = error as Error & { cause?: { code?: string; message?: string } };
  if (name === 'TimeoutError') return `No whole answer within ${limitMs / 1_000} s.`;
  return `No answer: ${cause?.message ?? message}${cause?.code === undefined ? '' : ` (${cause.code})`}`;
}
