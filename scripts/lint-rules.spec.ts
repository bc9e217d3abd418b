import { ESLint } from 'eslint';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

// Existing files stand in for the place; their text is replaced, so the typed rules find them in the project.
const eslint = new ESLint({ cwd: resolve('.') });
async function rulesBroken(text: string, filePath: string): Promise<(string | null)[]> {
  const [result] = await eslint.lintText(text, { filePath });
  return (result?.messages ?? []).map((message) => message.ruleId);
}

describe('the lint rules of the house go red', () => {
  it('when a lib imports upwards or sideways', { timeout: 60_000 }, async () => {
    const upwards = "import { IngestionService } from '#ingestion';\nexport const x = IngestionService;\n";
    expect(await rulesBroken(upwards, 'libs/warehouse/src/shop.ts')).toContain('no-restricted-imports');
    expect(await rulesBroken(upwards, 'libs/analytics/src/money.ts')).toContain('no-restricted-imports');
    expect(await rulesBroken("import { Zone } from '#clock';\nexport const x = Zone;\n", 'libs/analytics/src/money.ts')).not.toContain(
      'no-restricted-imports',
    );
  });

  it('when a lib is imported by path, or an app by anybody', { timeout: 60_000 }, async () => {
    expect(
      await rulesBroken("export * from '../../clickhouse/src/../../libs/clickhouse/src/sql.js';\n", 'libs/warehouse/src/shop.ts'),
    ).toContain('no-restricted-imports');
    expect(await rulesBroken("export * from '../tideline/instance.js';\n", 'apps/cli/import.command.ts')).toContain(
      'no-restricted-imports',
    );
  });

  it('when the environment is read outside libs/config', { timeout: 60_000 }, async () => {
    const reading = "export const x = process.env['HOME'];\n";
    expect(await rulesBroken(reading, 'libs/warehouse/src/shop.ts')).toContain('no-restricted-syntax');
    expect(await rulesBroken(reading, 'apps/cli/import.command.ts')).toContain('no-restricted-syntax');
    expect(await rulesBroken(reading, 'libs/config/src/config.ts')).not.toContain('no-restricted-syntax');
  });

  it('when a promise floats', { timeout: 60_000 }, async () => {
    expect(await rulesBroken('export function f(): void {\n  Promise.resolve(1);\n}\n', 'libs/warehouse/src/shop.ts')).toContain(
      '@typescript-eslint/no-floating-promises',
    );
  });
});
