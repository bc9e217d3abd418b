import type { z } from 'zod';

/** Whether a value meets a contract. */
export type Check = (value: unknown) => boolean;

type Def = z.core.$ZodTypeDef & Readonly<Record<string, unknown>>;

/**
 * A contract as a plain predicate. zod builds results and errors for every value, which took a third of the time that a message takes on
 * its way into the ledger; nearly all messages are valid, and of those nothing but that is asked. zod stays the only source: the
 * predicate is made of its schema, and what the predicate refuses is asked of zod again, which says why.
 * @throws {TypeError} on a kind of schema that it does not know: at the start, not at a message
 */
export function compileCheck(schema: z.core.$ZodType): Check {
  const def = schema._zod.def as Def;
  const inner = (name: string): Check => compileCheck(def[name] as z.core.$ZodType);
  const refined = (base: Check): Check => {
    const checks = (def.checks ?? []).map(compileRefinement);
    if (checks.length === 0) return base;
    return (value) => base(value) && checks.every((check) => check(value as never));
  };
  switch (def.type) {
    case 'unknown':
      return () => true;
    case 'string':
      if (def['format'] !== undefined) throw new TypeError(`No predicate can be made of the zod format ${def['format'] as string}.`);
      return refined((value) => typeof value === 'string');
    case 'boolean':
      return (value) => typeof value === 'boolean';
    case 'number':
      return refined(def['format'] === 'safeint' ? Number.isSafeInteger : Number.isFinite);
    case 'literal': {
      const values = new Set<unknown>(def['values'] as unknown[]);
      return (value) => values.has(value);
    }
    case 'enum': {
      const values = new Set<unknown>(Object.values(def['entries'] as object));
      return (value) => values.has(value);
    }
    case 'optional': {
      const check = inner('innerType');
      return (value) => value === undefined || check(value);
    }
    case 'nullable': {
      const check = inner('innerType');
      return (value) => value === null || check(value);
    }
    case 'array': {
      const check = inner('element');
      return refined((value) => Array.isArray(value) && value.every(check));
    }
    case 'record': {
      const [key, value] = [inner('keyType'), inner('valueType')];
      return refined((record) => isObject(record) && Object.entries(record).every((entry) => key(entry[0]) && value(entry[1])));
    }
    case 'union': {
      const checks = (def['options'] as z.core.$ZodType[]).map(compileCheck);
      return refined((value) => checks.some((check) => check(value)));
    }
    case 'object':
      return refined(compileObject(def));
    default:
      throw new TypeError(`No predicate can be made of a zod schema of type ${def.type}: add it to compileCheck.`);
  }
}

/** An object whose further fields may be anything. */
function compileObject(def: Def): Check {
  const catchall = (def['catchall'] as z.core.$ZodType | undefined)?._zod.def.type;
  if (catchall !== 'unknown')
    throw new TypeError('No predicate can be made of an object that is not loose: contracts let unknown fields pass.');
  const fields = Object.entries(def['shape'] as Record<string, z.core.$ZodType>).map(([name, schema]) => ({
    name,
    check: compileCheck(schema),
  }));
  return (value) => {
    if (!isObject(value)) return false;
    for (const { name, check } of fields) if (!check(value[name])) return false;
    return true;
  };
}

function compileRefinement(check: z.core.$ZodCheck): (value: never) => boolean {
  const def = check._zod.def as z.core.$ZodCheckDef & Readonly<Record<string, unknown>>;
  switch (def.check) {
    case 'min_length': {
      const minimum = def['minimum'] as number;
      return (value: { length: number }) => value.length >= minimum;
    }
    case 'max_length': {
      const maximum = def['maximum'] as number;
      return (value: { length: number }) => value.length <= maximum;
    }
    case 'greater_than': {
      const [least, inclusive] = [def['value'] as number, def['inclusive'] as boolean];
      return (value: number) => value > least || (inclusive && value === least);
    }
    case 'less_than': {
      const [most, inclusive] = [def['value'] as number, def['inclusive'] as boolean];
      return (value: number) => value < most || (inclusive && value === most);
    }
    case 'string_format': {
      if (def['format'] !== 'regex') break;
      const pattern = def['pattern'] as RegExp;
      return (value: string) => pattern.test(value);
    }
    case 'custom':
      return def['fn'] as (value: never) => boolean;
  }
  throw new TypeError(`No predicate can be made of the zod check ${def.check}: add it to compileCheck.`);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
