import { runCli } from './run-cli.js';

/** What `cli import --json` prints. */
export interface ImportResult {
  readonly rows: number;
  readonly rejectedRows: number;
  readonly events: number;
  readonly deadLetters: number;
  readonly readMs: number;
  readonly totalMs: number;
}

/** Runs the importer. @returns its JSON result @throws with its own words when it fails */
export async function importFiles(
  url: string,
  shop: string,
  mapping: string,
  files: readonly string[],
  rejects: string,
): Promise<ImportResult> {
  const options = ['--shop', shop, '--mapping', mapping, '--url', url, '--rejects', rejects, '--json'];
  const { code, out, errors } = await runCli(['import', ...options, ...files]);
  if (code !== 0) throw new Error(`The import ended with code ${code}: ${errors}`);
  return JSON.parse(out.trim().split('\n').pop() ?? '') as ImportResult;
}

/** As `importFiles`, of one. */
export function importFile(url: string, shop: string, mapping: string, file: string, rejects: string): Promise<ImportResult> {
  return importFiles(url, shop, mapping, [file], rejects);
}
