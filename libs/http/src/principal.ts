import type { Role } from '#contracts';
import type { IncomingHttpHeaders } from 'node:http';
import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** Nest token of the principals. */
export const PRINCIPALS = Symbol('PRINCIPALS');

/** Who asks. Every write names it. */
export interface Principal {
  readonly name: string;
  readonly role: Role;
}

/** A person or program that may ask, as the users file names it. */
export interface User extends Principal {
  /** SHA-256 of the token, 64 hex digits: the token itself is kept nowhere. */
  readonly tokenHash: string;
}

/** Name of the session cookie. */
export const sessionCookie = 'tideline_session';
/** How long a browser stays signed in. */
const sessionMs = 12 * 3_600_000;

/** What each role may do besides its own: marketer and engineer stand side by side. */
const includes: Readonly<Record<Role, readonly Role[]>> = {
  viewer: ['viewer'],
  operator: ['viewer', 'operator'],
  marketer: ['viewer', 'operator', 'marketer'],
  engineer: ['viewer', 'operator', 'engineer'],
  admin: ['viewer', 'operator', 'marketer', 'engineer', 'admin'],
};

/** Whether someone of role `has` may do what needs role `needed`. */
export function allows(has: Role, needed: Role): boolean {
  return includes[has].includes(needed);
}

/**
 * Who may ask, and how they show it: a bearer token, or the session cookie that a token was exchanged for.
 * Without users and without a secret there is one local admin, and the instance answers to this machine only.
 */
export class Principals {
  readonly #users: readonly { readonly principal: Principal; readonly hash: Buffer }[];
  /** Of this process: a restart signs browsers out, and nothing that lies in a file is enough to make a session. */
  readonly #key = randomBytes(32);

  /** @param secret the one-admin shortcut: its bearer is the principal `admin` */
  constructor(
    users: readonly User[] = [],
    secret?: string,
    private readonly now: () => number = Date.now,
  ) {
    this.#users = [
      ...users.map(({ name, role, tokenHash }) => ({ principal: { name, role }, hash: Buffer.from(tokenHash, 'hex') })),
      ...(secret === undefined ? [] : [{ principal: { name: 'admin', role: 'admin' } as const, hash: digest(secret) }]),
    ];
  }

  /** True when nobody needs a token: whoever reaches this machine's loopback is the local admin. */
  get open(): boolean {
    return this.#users.length === 0;
  }

  /** Who sends these headers, or undefined. A token that is wrong is not made good by a cookie. */
  of(headers: IncomingHttpHeaders, token?: string): Principal | undefined {
    if (this.open) return { name: 'local', role: 'admin' };
    const given = token ?? /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1];
    return given === undefined ? this.ofSession(cookieOf(headers.cookie)) : this.ofToken(given);
  }

  /** All users are compared, in constant time each: how long it takes says nothing. */
  ofToken(token: string): Principal | undefined {
    const given = digest(token);
    return this.#users.filter(({ hash }) => timingSafeEqual(hash, given))[0]?.principal;
  }

  /** `Set-Cookie` for someone who has shown a token. @param secure whether the browser came over https */
  session({ name }: Principal, secure: boolean): string {
    const body = `${Buffer.from(name).toString('base64url')}.${this.now() + sessionMs}`;
    return cookieText(`${body}.${this.sign(body)}`, sessionMs / 1000, secure);
  }

  /** `Set-Cookie` that ends a session. */
  noSession(): string {
    return cookieText('', 0, false);
  }

  private ofSession(cookie: string | undefined): Principal | undefined {
    const [name = '', until = '', mac = ''] = cookie?.split('.') ?? [];
    const expected = this.sign(`${name}.${until}`);
    if (mac.length !== expected.length || !timingSafeEqual(Buffer.from(mac), Buffer.from(expected))) return undefined;
    if (Number(until) <= this.now()) return undefined;
    const plain = Buffer.from(name, 'base64url').toString();
    return this.#users.find(({ principal }) => principal.name === plain)?.principal;
  }

  private sign(body: string): string {
    return createHmac('sha256', this.#key).update(body).digest('base64url');
  }
}

function cookieOf(header: string | undefined): string | undefined {
  const start = `${sessionCookie}=`;
  return header
    ?.split(';')
    .map((each) => each.trim())
    .find((each) => each.startsWith(start))
    ?.slice(start.length);
}

function cookieText(value: string, maxAge: number, secure: boolean): string {
  return `${sessionCookie}=${value}; Path=/; Max-Age=${maxAge}; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`;
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
