import type { NextFunction, Request, Response } from 'express';
import { createHash, timingSafeEqual } from 'node:crypto';
import { isIPv4, isIPv6 } from 'node:net';

/** Refusal to listen, in words for the terminal. */
export class BindError extends Error {
  readonly code = 'bind-refused';
  readonly retryable = false;
}

/** Whether an address is reached from this machine only. */
export function isLoopback(host: string): boolean {
  if (host === 'localhost') return true;
  if (isIPv4(host)) return host.startsWith('127.');
  return isIPv6(host) && (host === '::1' || host === '0:0:0:0:0:0:0:1');
}

/** @throws {BindError} when the API would be open to the network without a secret */
export function refuseOpenBind(host: string, secret: string | undefined): void {
  if (isLoopback(host) || secret !== undefined) return;
  throw new BindError(
    `TIDELINE_HOST=${host} would open the API to the network, and no TIDELINE_SECRET is set. Set one of at least 16 characters, or listen on 127.0.0.1.`,
  );
}

/** With a secret every request but the liveness probe carries it as a bearer token. */
export function requireSecret(secret: string) {
  const expected = digest(secret);
  return (request: Request, response: Response, next: NextFunction): void => {
    const given = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
    if (request.path === '/health/live' || timingSafeEqual(digest(given), expected)) return next();
    refuse(request, response, 401, 'Unauthorized', 'Send the secret as "Authorization: Bearer ...".');
  };
}

/**
 * Without a secret only requests that name this machine are answered: a web page elsewhere could point its own host name at
 * 127.0.0.1 and read the figures through the visitor's browser (DNS rebinding).
 */
export function requireLocalHost(request: Request, response: Response, next: NextFunction): void {
  const host = (request.headers.host ?? '').replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
  if (isLoopback(host)) return next();
  refuse(
    request,
    response,
    421,
    'Misdirected request',
    `This instance answers to localhost and 127.0.0.1, not to ${host || 'a request without Host'}.`,
  );
}

function refuse(request: Request, response: Response, status: number, title: string, detail: string): void {
  response
    .status(status)
    .type('application/problem+json')
    .json({ type: 'about:blank', title, status, detail, instance: request.originalUrl });
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
