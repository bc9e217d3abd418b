import { z } from 'zod';
import { settingNames } from './setting-names.data.js';

/** Environment names of one module, each with its type, default and reason (`.describe`). */
export type Shape = Readonly<Record<string, z.ZodType>>;

/** What one module may be told from outside. Lives in the module's own lib as `<name>.config.ts`. */
export interface ConfigSlice<S extends Shape = Shape> {
  readonly name: string;
  readonly shape: S;
  /** Nest token of the slice's values. */
  readonly token: symbol;
}

export type SliceValues<S extends Shape> = { readonly [K in keyof S]: z.output<S[K]> };

/** Declares a slice. Every knob carries a description: it is what `.env.example` prints. */
export function defineSlice<const S extends Shape>(name: string, shape: S): ConfigSlice<S> {
  return { name, shape, token: Symbol(`CONFIG_${name.toUpperCase()}`) };
}

/** Everything that is wrong with the environment, at once. */
export class ConfigError extends Error {
  /** Written for people: the edge shows the message without a stack. */
  readonly code = 'config-invalid';
  constructor(readonly faults: readonly string[]) {
    super(
      `The configuration has ${faults.length === 1 ? 'a fault' : `${faults.length} faults`}:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`,
    );
    this.name = 'ConfigError';
  }
}

/** Values of all slices, read once at start. */
export interface ResolvedConfig {
  get<S extends Shape>(slice: ConfigSlice<S>): SliceValues<S>;
  readonly slices: readonly ConfigSlice[];
}

/** Names with this beginning are ours: one that nobody knows is a typing mistake. */
const ours = /^TIDELINE_/;
/** Names with these may be somebody else's (`KAFKA_HOME`, `CLICKHOUSE_PASSWORD`): only one that is nearly ours is a typing mistake. */
const shared = /^(SHOP|KAFKA|CLICKHOUSE)_/;
/** Values that may carry a secret: what is wrong with one is said without it. */
const isSecret = /_(SECRET|URL)$/;
/** Told to the tools around us, not to the program. */
const toolNames = ['TIDELINE_DATASETS', 'TIDELINE_TEST_STACK', 'TIDELINE_THOROUGH'];

/**
 * Reads the environment: the only place that does.
 * @param options.strict false for a short command that knows only some of the names
 * @throws {ConfigError} listing every bad value and every unknown name of ours
 */
export function readConfig(
  slices: readonly ConfigSlice[],
  env: NodeJS.ProcessEnv = process.env,
  { strict = true }: { strict?: boolean } = {},
): ResolvedConfig {
  const faults: string[] = [];
  const values = new Map<symbol, Record<string, unknown>>();
  const known = new Set(slices.flatMap((slice) => Object.keys(slice.shape)));
  for (const slice of slices) {
    const read: Record<string, unknown> = {};
    for (const [name, type] of Object.entries(slice.shape)) {
      const given = env[name];
      // An empty value means "not set": that is how one clears a name in a .env file.
      const result = type.safeParse(given === '' ? undefined : given);
      if (result.success) read[name] = result.data;
      else
        faults.push(
          `${name}=${given && isSecret.test(name) ? '***' : (given ?? '')}: ${result.error.issues.map((issue) => issue.message).join('; ')}. ${type.description ?? ''}`,
        );
    }
    values.set(slice.token, read);
  }
  // One .env serves every process: what another one reads is known here too.
  const names = new Set([...known, ...settingNames, ...toolNames]);
  for (const name of Object.keys(env)) {
    if (!strict || names.has(name) || !(ours.test(name) || shared.test(name))) continue;
    const near = [...names].find((candidate) => distance(candidate, name) <= 2);
    if (!near && !ours.test(name)) continue;
    faults.push(`${name} is not a setting.${near ? ` Did you mean ${near}?` : ` The settings are in .env.example.`}`);
  }
  if (faults.length > 0) throw new ConfigError(faults);
  return {
    slices,
    get: <S extends Shape>(slice: ConfigSlice<S>) => {
      const found = values.get(slice.token);
      if (!found) throw new ConfigError([`The slice ${slice.name} was not read at start: add it to the app's list of slices.`]);
      return found as SliceValues<S>;
    },
  };
}

/** `.env.example`: every knob with its reason and default, commented out. */
export function envExample(slices: readonly ConfigSlice[]): string {
  const blocks = slices.map((slice) => {
    const knobs = Object.entries(slice.shape).map(([name, type]) => {
      const byDefault = type.safeParse(undefined);
      const value = byDefault.success ? textOf(byDefault.data) : '';
      return `# ${type.description ?? ''}\n#${name}=${value}\n`;
    });
    return `# --- ${slice.name} ---\n${knobs.join('')}`;
  });
  return `# Settings of Tideline. Copy to .env and take the comment sign off what you change.\n# Made by: npm run env:example\n\n${blocks.join('\n')}`;
}

/** A default as one would write it. */
function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

/** Levenshtein distance, for "did you mean". */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
