import { role } from '#contracts';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { HttpError } from './http.errors.js';
import type { User } from './principal.js';

/** Where the users are unless `TIDELINE_USERS` says otherwise; only this file may be absent. */
export const defaultUsersFile = 'config/users.yaml';

const usersFile = z
  .array(
    z.strictObject({
      name: z.string().regex(/^[\p{L}\p{N}][\p{L}\p{N} ._@-]{0,63}$/u, 'must be 1 to 64 letters, digits, blanks or ._@-'),
      tokenHash: z.string().regex(/^[0-9a-f]{64}$/, "must be the SHA-256 of the user's token: 64 small hex digits"),
      role,
    }),
  )
  .min(1, 'must name at least one user; without users remove the file');

/**
 * The users of a file (YAML list of name, tokenHash, role); none when the default file is absent.
 * @throws {HttpError} `users-unreadable` naming every fault
 */
export function readUsers(path: string): User[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' && path === defaultUsersFile) return [];
    throw unreadable(path, code === 'ENOENT' ? 'there is no such file. Unset TIDELINE_USERS, or name one that exists' : String(error));
  }
  return parseUsers(text, path);
}

/** @throws {HttpError} `users-unreadable` naming every fault */
export function parseUsers(text: string, path: string): User[] {
  let content: unknown;
  try {
    content = parse(text);
  } catch (error) {
    throw unreadable(path, `it is not YAML: ${(error as Error).message}`);
  }
  const result = usersFile.safeParse(content);
  if (!result.success) {
    throw unreadable(path, result.error.issues.map((issue) => `${issue.path.join('.') || 'the list'}: ${issue.message}`).join('; '));
  }
  for (const field of ['name', 'tokenHash'] as const) {
    const twice = result.data.find((user, index) => result.data.findIndex((other) => other[field] === user[field]) !== index);
    if (twice) throw unreadable(path, `${twice.name} has the same ${field} as a user above: each needs one of its own`);
  }
  return result.data;
}

function unreadable(path: string, why: string): HttpError {
  return new HttpError('users-unreadable', `The users in ${path} cannot be used: ${why}. See config/users.example.yaml.`);
}
