import { ESLint } from 'eslint';
import { resolve } from 'node:path';
import tseslint from 'typescript-eslint';
import { describe, expect, it } from 'vitest';

// Existing files stand in for the place; their text is replaced, so the typed rules find them in the project.
const typed = new ESLint({ cwd: resolve('.') });
/** Without the rules that ask for types, which take twenty times as long. */
const untyped = new ESLint({ cwd: resolve('.'), overrideConfig: tseslint.configs.disableTypeChecked });
async function rulesBroken(text: string, filePath: string, linter = untyped): Promise<(string | null)[]> {
  const [result] = await linter.lintText(text, { filePath });
  // A stand-in that is gone would make every rule below look broken.
  expect(result?.messages.filter((message) => message.fatal)).toEqual([]);
  return (result?.messages ?? []).map((message) => message.ruleId);
}

const warehouse = 'libs/warehouse/src/shop.ts';
const analytics = 'libs/analytics/src/money.ts';
const nested = 'libs/streaming/src/broker/broker.ts';
const app = 'apps/cli/import.command.ts';

describe('an import in the wrong direction goes red', () => {
  it.each([
    ['upwards', "export * from '#ingestion';\n", warehouse],
    ['from feature to feature', "export * from '#ingestion';\n", analytics],
    ['of anything, in the contracts', "export * from '#config';\n", 'libs/contracts/src/topics.ts'],
    ['of the test stack, in a lib', "export * from '#testing';\n", analytics],
    ['of the test stack, in an app', "export * from '#testing';\n", app],
    ['of the inside of another lib', "export * from '#clock/src/zone';\n", analytics],
  ])('%s', async (_, text, file) => {
    expect(await rulesBroken(text, file)).toContain('no-restricted-imports');
  });

  it.each([
    ['evaluated late', "export const late = import('#ingestion');\n", warehouse],
    ['for a type alone', "export type Late = import('#ingestion').IngestionService;\n", warehouse],
  ])('%s', async (_, text, file) => {
    expect(await rulesBroken(text, file)).toContain('no-restricted-syntax');
  });
});

describe('a path that leaves its lib or app goes red', () => {
  it.each([
    ['into another lib', "export * from '../../config/src/index.js';\n", warehouse],
    ['into another lib, from a folder inside', "export * from '../../../config/src/index.js';\n", nested],
    ['into another lib, spelt to hide it', "export * from './.././../config/src/index.js';\n", warehouse],
    ['into another lib, evaluated late', "export const late = import('../../config/src/index.js');\n", warehouse],
    ['into another lib, for a type alone', "export type Late = import('../../config/src/index.js').Shape;\n", warehouse],
    ['into another lib, in a spec', "export * from '../../clock/src/index.js';\n", 'libs/config/src/config.spec.ts'],
    ['into an app', "export * from '../tideline/instance.js';\n", app],
    ['into a lib from an app', "export * from '../../libs/config/src/index.js';\n", app],
    ['into the build', "export * from '../../../dist/libs/config/src/index.js';\n", warehouse],
    ['into a lib from the measuring commands', "export * from '../../libs/config/src/index.js';\n", 'test/bench/main.ts'],
  ])('%s', async (_, text, file) => {
    expect(await rulesBroken(text, file)).toContain('tideline/stay-inside');
  });
});

describe('the environment goes red outside libs/config', () => {
  it.each([
    ['as a property', "export const x = process.env['HOME'];\n", warehouse],
    ['by a computed name', "export const x = process['env'];\n", warehouse],
    ['taken apart', 'export const { env } = process;\n', warehouse],
    ['imported', "import { env } from 'node:process';\nexport const x = env;\n", warehouse],
    ['through globalThis', 'export const x = globalThis.process.env;\n', warehouse],
    ['in an app', "export const x = process.env['HOME'];\n", app],
    ['in a measuring command', "export const x = process.env['HOME'];\n", 'test/bench/main.ts'],
  ])('%s', async (_, text, file) => {
    expect(await rulesBroken(text, file)).toContain('no-restricted-syntax');
  });
});

describe('the rest of the house rules go red', () => {
  it.each([
    ['@typescript-eslint/no-floating-promises', 'export function f(): void {\n  Promise.resolve(1);\n}\n'],
    ['@typescript-eslint/no-explicit-any', 'export const x: any = 1;\n'],
    ['no-restricted-exports', 'const x = 1;\nexport default x;\n'],
    ['@typescript-eslint/no-unused-vars', 'const x = 1;\nexport {};\n'],
  ])('%s', async (rule, text) => {
    expect(await rulesBroken(text, warehouse, typed)).toContain(rule);
  });
});

describe('what is allowed stays green', () => {
  it.each([
    ['downwards', "export * from '#clock';\n", analytics],
    ['downwards, late', "export const late = import('#streaming');\n", app],
    ['within the lib', "export * from '../index.js';\n", nested],
    ['a package', "export * from 'zod';\n", warehouse],
    ['the environment in libs/config', "export const x = process.env['HOME'];\n", 'libs/config/src/config.ts'],
    ['the test stack in a spec', "export * from '#testing';\n", 'libs/config/src/config.spec.ts'],
  ])('%s', async (_, text, file) => {
    expect(await rulesBroken(text, file, typed)).toEqual([]);
  });
});
