// Settings from the file `.env` beside package.json.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
// Whole: a name that an old Node lacks would stop this file from loading, before anybody can say that Node is too old.
import * as util from 'node:util';

/** The environment with what `.env` says where the environment says nothing. */
export function withDotEnv(root, env = process.env) {
  const path = join(root, '.env');
  return { ...(existsSync(path) ? util.parseEnv(readFileSync(path, 'utf8')) : {}), ...env };
}
