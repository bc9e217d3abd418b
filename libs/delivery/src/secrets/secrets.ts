import { secretName } from '#contracts';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { DeliveryError } from '../delivery.errors.js';

/** Where the secrets are unless `TIDELINE_SECRETS` says otherwise; only this file may be absent. */
export const defaultSecretsFile = 'config/secrets.yaml';

const secretsFile = z.record(secretName, z.string().min(1, 'must not be empty'));

/** Values that channels name. They leave this object only towards the receiver that they are meant for. */
export class Secrets {
  readonly #values: ReadonlyMap<string, string>;
  /** Every text that must not be shown, however it is escaped, the longest first: one may hold another. */
  readonly #hidden: readonly RegExp[];

  constructor(values: Readonly<Record<string, string>>) {
    this.#values = new Map(Object.entries(values));
    this.#hidden = [...new Set(Object.values(values).flatMap(partsOf))].sort((a, b) => b.length - a.length).map(anyWayToWrite);
  }

  /** @throws {DeliveryError} `secret-missing` */
  get(name: string): string {
    const value = this.#values.get(name);
    if (value !== undefined) return value;
    throw new DeliveryError(
      'secret-missing',
      `There is no secret ${name}: add it to the secrets file of the process that sends, and start it again.`,
    );
  }

  /** A text from outside without any secret that it repeats: an error of a mail server, an answer. */
  redact(text: string): string {
    return this.#hidden.reduce((kept, hidden) => kept.replaceAll(hidden, '***'), text);
  }
}

/**
 * The secrets of a file (YAML, name: value); none when the default file is absent.
 * @throws {DeliveryError} `secrets-unreadable` naming every fault, never a value
 */
export function readSecrets(path: string): Secrets {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' && path === defaultSecretsFile) return new Secrets({});
    throw unreadable(path, code === 'ENOENT' ? 'there is no such file. Unset TIDELINE_SECRETS, or name one that exists' : String(error));
  }
  return parseSecrets(text, path);
}

/** @throws {DeliveryError} `secrets-unreadable` naming every fault, never a value */
export function parseSecrets(text: string, path: string): Secrets {
  let content: unknown;
  try {
    // Errors are thrown, warnings are not printed.
    content = parse(text, { logLevel: 'error' });
  } catch (error) {
    // The parser's own words quote the line.
    const line = (error as { linePos?: readonly { line: number }[] }).linePos?.[0]?.line;
    throw unreadable(path, `it is not YAML${line === undefined ? '' : `, see line ${line}`}`);
  }
  const read = secretsFile.safeParse(content ?? {});
  if (read.success) return new Secrets(read.data);
  throw unreadable(path, read.error.issues.map(wordsOf).join('; '));
}

function wordsOf(issue: z.core.$ZodIssue): string {
  const why = issue.code === 'invalid_key' ? issue.issues[0]?.message : issue.message;
  return `${issue.path.join('.') || 'the file'}: ${why}`;
}

function unreadable(path: string, why: string): DeliveryError {
  return new DeliveryError('secrets-unreadable', `The secrets in ${path} cannot be used: ${why}. See config/secrets.example.yaml.`);
}

/** A text from so many characters on is hidden; a shorter one would tear ordinary words. */
const shortest = 6;

/**
 * A secret, and what of a URL gives it away: password, login as mail sends it, the whole path with its query, and each piece of the two,
 * for a receiver that names its hook does not repeat the path around the token. A piece may be a word like `services`: to hide it costs
 * nothing, and no rule tells for sure a word from a token.
 */
function partsOf(value: string): string[] {
  const parts = [value];
  if (URL.canParse(value)) {
    const { href, username, password, pathname, search } = new URL(value);
    const [path, login] = [`${pathname}${search}`, `\0${decoded(username)}\0${decoded(password)}`];
    parts.push(href, password, path, path.slice(1), ...path.split(/[/?&=:;,]/), Buffer.from(login).toString('base64'));
  }
  return parts.flatMap((part) => [part, decoded(part)]).filter(({ length }) => length >= shortest);
}

/** A text without its percent signs; as it is, where they stand for nothing. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const htmlNames: Readonly<Record<string, string | undefined>> = { '&': 'amp', '"': 'quot', "'": 'apos', '<': 'lt', '>': 'gt' };

/** A text as a pattern that means it alone. */
function plainly(text: string): string {
  return text.replace(/[^a-z0-9]/gi, '\\$&');
}

/** A text in whichever case, and as JSON, a URL or HTML may write it: what is neither letter nor digit also by its escapes. */
function anyWayToWrite(text: string): RegExp {
  const characters = [...text].map((character) => {
    if (/[a-z0-9]/i.test(character)) return character;
    const code = character.codePointAt(0) ?? 0;
    const hex = code.toString(16).padStart(2, '0');
    const json = `\\\\?\\${character}|${plainly(JSON.stringify(character).slice(1, -1))}|\\\\u${hex.padStart(4, '0')}`;
    const name = htmlNames[character];
    const html = `&#x0*${hex};|&#0*${code};${name === undefined ? '' : `|&${name};`}`;
    return `(?:${json}|%${hex}|${html})`;
  });
  return new RegExp(characters.join(''), 'gi');
}
