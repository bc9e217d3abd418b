import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { allows, parseUsers, Principals, readUsers, type User } from './index.js';

const user = (name: string, role: User['role'], token: string): User => ({
  name,
  role,
  tokenHash: createHash('sha256').update(token).digest('hex'),
});
const users = [user('ada', 'admin', 'token-of-ada'), user('vera', 'viewer', 'token-of-vera')];

describe('roles', () => {
  const table = {
    viewer: ['viewer'],
    operator: ['viewer', 'operator'],
    marketer: ['viewer', 'operator', 'marketer'],
    engineer: ['viewer', 'operator', 'engineer'],
    admin: ['viewer', 'operator', 'marketer', 'engineer', 'admin'],
  } as const;
  const roles = Object.keys(table) as (keyof typeof table)[];
  it.each(roles)('%s may do what it includes, and nothing else', (has) => {
    expect(roles.filter((needed) => allows(has, needed))).toEqual(table[has]);
  });
});

describe('principals', () => {
  it('without users and secret there is one local admin', () => {
    const principals = new Principals();
    expect(principals.open).toBe(true);
    expect(principals.of({})).toEqual({ name: 'local', role: 'admin' });
  });

  it('knows each by the token, in the header or given, and nobody without', () => {
    const principals = new Principals(users, 'a-long-enough-secret');
    expect(principals.open).toBe(false);
    expect(principals.of({ authorization: 'Bearer token-of-vera' })).toEqual({ name: 'vera', role: 'viewer' });
    expect(principals.of({}, 'token-of-ada')).toEqual({ name: 'ada', role: 'admin' });
    expect(principals.of({ authorization: 'Bearer a-long-enough-secret' })).toEqual({ name: 'admin', role: 'admin' });
    for (const headers of [{}, { authorization: 'Bearer wrong' }, { authorization: 'token-of-ada' }])
      expect(principals.of(headers)).toBeUndefined();
  });

  it('a session is good until it ends, for its own process, and not when anything in it is changed', () => {
    let now = Date.UTC(2026, 0, 1);
    const principals = new Principals(users, undefined, () => now);
    const set = principals.session({ name: 'vera', role: 'viewer' }, false);
    expect(set).toMatch(/; HttpOnly; SameSite=Strict$/);
    const cookie = set.split(';')[0] ?? '';
    expect(principals.of({ cookie: `theme=dark; ${cookie}` })).toEqual({ name: 'vera', role: 'viewer' });
    expect(principals.of({ cookie, authorization: 'Bearer wrong' })).toBeUndefined();
    expect(principals.of({ cookie: cookie.replace(/=[^.]+/, `=${Buffer.from('ada').toString('base64url')}`) })).toBeUndefined();
    expect(principals.of({ cookie: cookie.replace(/\.\d+\./, `.${now + 1e9}.`) })).toBeUndefined();
    expect(principals.of({ cookie: `${cookie.slice(0, -1)}` })).toBeUndefined();
    expect(new Principals(users).of({ cookie })).toBeUndefined();
    now += 13 * 3_600_000;
    expect(principals.of({ cookie })).toBeUndefined();
  });
});

describe('the users file', () => {
  const hash = 'a'.repeat(64);
  const entry = (change: string): string => `- name: ada\n  role: admin\n  tokenHash: ${hash}\n${change}`;

  it('may be absent at its default place only', () => {
    expect(readUsers('config/users.yaml')).toEqual([]);
    expect(() => readUsers('config/nobody.yaml')).toThrow(/config\/nobody.yaml.*no such file/);
  });

  it('ships an example that is valid', () => {
    expect(readUsers('config/users.example.yaml').map(({ name, role }) => [name, role])).toEqual([
      ['ada', 'admin'],
      ['wall screen', 'viewer'],
    ]);
  });

  it.each([
    ['no list', 'ada: admin', /the list/],
    ['nobody', '[]', /at least one user/],
    ['no YAML', '- name: [', /not YAML/],
    ['an unknown role', entry('').replace('role: admin', 'role: king'), /0\.role/],
    ['a token instead of its hash', entry('').replace(hash, 'secret'), /SHA-256/],
    ['an unknown field', entry('  password: x\n'), /password/],
    ['a name twice', entry(entry('').replace(hash, 'b'.repeat(64))), /same name/],
    ['a token twice', entry(entry('').replace('ada', 'bob')), /same tokenHash/],
  ])('refuses %s', (_, text, words) => {
    expect(() => parseUsers(text, 'users.yaml')).toThrow(words);
  });
});
