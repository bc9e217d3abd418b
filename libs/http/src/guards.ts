import type { NextFunction, Request, Response } from 'express';
import type { IncomingMessage } from 'node:http';
import { isIPv4, isIPv6 } from 'node:net';
import { notSignedIn, type IdentifiedRequest } from './access.js';
import type { Principals } from './principal.js';

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

/**
 * @param users how many users there are
 * @throws {BindError} when the API would be open to the network without a secret or users
 */
export function refuseOpenBind(host: string, secret: string | undefined, users = 0): void {
  if (isLoopback(host) || secret !== undefined || users > 0) return;
  throw new BindError(
    `TIDELINE_HOST=${host} would open the API to the network, and no TIDELINE_SECRET is set and no users are named. Set a secret of at least 16 characters, write config/users.yaml, or listen on 127.0.0.1.`,
  );
}

/** Notes on each request who sends it. What needs someone asks for it by itself. */
export function identify(principals: Principals) {
  return (request: Request, _response: Response, next: NextFunction): void => {
    const principal = principals.of(request.headers);
    if (principal) (request as IdentifiedRequest).principal = principal;
    next();
  };
}

/** For what is no route of ours (the API's description): anyone with a token may see it. */
export function requireSomeone(request: Request, response: Response, next: NextFunction): void {
  if ((request as IdentifiedRequest).principal) return next();
  refuse(request, response, 401, 'Unauthorized', notSignedIn().message);
}

/**
 * Where nobody needs a token only requests that name this machine are answered: a web page elsewhere could point its own
 * host name at 127.0.0.1 and read the figures through the visitor's browser (DNS rebinding).
 */
export function requireLocalHost(request: Request, response: Response, next: NextFunction): void {
  if (namesThisMachine(request)) return next();
  const host = hostOf(request);
  refuse(
    request,
    response,
    421,
    'Misdirected request',
    `This instance answers to localhost and 127.0.0.1, not to ${host || 'a request without Host'}.`,
  );
}

/**
 * Where nobody needs a token only pages of this instance may change anything: a form on any page can post to 127.0.0.1 from the visitor's
 * browser, and would be the local admin. Reading is left to the browser, which shows no answer to a page of another origin.
 * @param allowed as of `originAllowed`
 */
export function requireOwnPage(allowed: readonly string[]) {
  return (request: Request, response: Response, next: NextFunction): void => {
    if (['GET', 'HEAD', 'OPTIONS'].includes(request.method) || originAllowed(request, allowed)) return next();
    const from = `Pages of ${request.headers.origin ?? 'elsewhere'} may not change anything here.`;
    refuse(
      request,
      response,
      403,
      'Forbidden',
      `${from} Programs send no Origin; other addresses of this instance belong into TIDELINE_ORIGINS.`,
    );
  };
}

/** Whether a request's Host is a name of this machine. */
export function namesThisMachine(request: IncomingMessage): boolean {
  return isLoopback(hostOf(request));
}

/**
 * Whether a page may come in: one that this instance served, or of an origin on the list. Browsers send the
 * origin with every request across sites and with every websocket; programs send none, and need none.
 * @param allowed origins such as `https://figures.example.org`
 */
export function originAllowed(request: IncomingMessage, allowed: readonly string[]): boolean {
  const { origin, host } = request.headers;
  if (origin === undefined || allowed.includes(origin)) return true;
  try {
    return host !== undefined && new URL(origin).host === host.toLowerCase();
  } catch {
    // `null` and other opaque origins: a sandboxed frame, a file.
    return false;
  }
}

function hostOf(request: IncomingMessage): string {
  return (request.headers.host ?? '').replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
}

function refuse(request: Request, response: Response, status: number, title: string, detail: string): void {
  response
    .status(status)
    .type('application/problem+json')
    .json({ type: 'about:blank', title, status, detail, instance: request.originalUrl });
}
