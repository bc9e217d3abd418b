import { problem } from '#contracts';
import type { Trouble } from './live.state.js';

/** An answer that is not what was asked for, in words. */
export class RequestError extends Error {
  constructor(
    readonly trouble: Trouble,
    readonly status: number | null,
  ) {
    super(trouble.detail);
  }
}

/** The part of a zod schema that is needed here. */
interface Schema<T> {
  safeParse(
    value: unknown,
  ): { success: true; data: T } | { success: false; error: { issues: readonly { path: readonly PropertyKey[] }[] } };
}

/** The code of a shop whose tables are being made: it is to be asked for again. */
export const notReady = 'shop-not-ready';

const unreachable: Trouble = {
  code: 'server-unreachable',
  detail: 'The server does not answer. See whether Tideline is running (npm start); this page goes on trying.',
};

/** What a contract did not expect: page and server are of different versions, most likely. */
export function notUnderstood(what: string, issues: readonly { path: readonly PropertyKey[] }[]): Trouble {
  const place = issues[0]?.path.map(String).join('.') ?? '';
  const at = place === '' ? '' : ` (at ${place})`;
  return {
    code: 'answer-not-understood',
    detail: `${what} is not what this page expects${at}. Reload the page: it may be of an older version.`,
  };
}

/**
 * Asks the API.
 * @throws {RequestError} with the words of its problem+json, or words of its own when there are none
 */
export async function ask<T>(path: string, schema: Schema<T>, init?: RequestInit): Promise<T> {
  let response: Response;
  let body: unknown;
  try {
    response = await fetch(path, { headers: { accept: 'application/json' }, ...init });
    body = await response.json();
  } catch {
    throw new RequestError(unreachable, null);
  }
  if (!response.ok) {
    const told = problem.safeParse(body);
    const trouble = told.success
      ? { code: told.data.code ?? String(response.status), detail: told.data.detail }
      : { code: String(response.status), detail: `The server answered ${path} with status ${response.status}.` };
    throw new RequestError(trouble, response.status);
  }
  const parsed = schema.safeParse(body);
  if (!parsed.success) throw new RequestError(notUnderstood(`The answer of ${path}`, parsed.error.issues), response.status);
  return parsed.data;
}
