import { expect, it } from 'vitest';
import { z } from 'zod';
import * as contracts from '../index.js';
import { demandQuery } from './demand.js';

/** What callers send, by name. */
const asked = Object.entries<unknown>(contracts).filter(
  (entry): entry is [string, z.ZodType] =>
    /(Query|Body|Change|Settings)$|^(alert|maintenance)Order$/.test(entry[0]) && entry[1] instanceof z.ZodType,
);

/** Whether a key that nobody knows is refused, by each of the forms that a schema has. */
function isStrict(schema: z.ZodType): boolean {
  const { anyOf, oneOf, ...only } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return (anyOf ?? oneOf ?? [only]).every(({ additionalProperties }) => additionalProperties === false);
}

it('refuses what is misspelt in a query or a body: it would be as if nobody had asked for it', () => {
  expect(demandQuery.safeParse({ horizon: '7' }).error?.issues[0]?.message).toContain('"horizon"');
  expect(asked.length).toBeGreaterThan(15);
  expect(asked.flatMap(([name, schema]) => (isStrict(schema) ? [] : [name]))).toEqual([]);
});
