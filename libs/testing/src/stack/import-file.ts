import { spawn } from 'node:child_process';
import { resolve } from 'node:path';

/** What `cli import --json` prints. */
export interface ImportResult {
  readonly rows: number;
  readonly rejectedRows: number;
  readonly events: number;
  readonly deadLetters: number;
  readonly readMs: number;
  readonly totalMs: number;
}

/**
 * Runs the built command line as a user does, in a process of its own.
 * @returns the last line it prints @throws with its own words when it fails
 */
export async function runCli(words: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, [resolve('dist/apps/cli/main.js'), ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let errors = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString('utf8')));
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString('utf8')));
  const code = await new Promise<number | null>((done) => child.once('close', done));
  if (code !== 0) throw new Error(`cli ${words[0]} ended with code ${code}: ${errors}`);
  return out.trim().split('\n').pop() ?? '';
}

/** Runs the importer. @returns its JSON result @throws with its own words when it fails */
export async function importFiles(
  url: string,
  shop: string,
  mapping: string,
  files: readonly string[],
  rejects: string,
): Promise<ImportResult> {
  const words = ['import', '--shop', shop, '--mapping', mapping, '--url', url, '--rejects', rejects, '--json', ...files];
  return JSON.parse(await runCli(words)) as ImportResult;
}

/** As `importFiles`, of one. */
export function importFile(url: string, shop: string, mapping: string, file: string, rejects: string): Promise<ImportResult> {
  return importFiles(url, shop, mapping, [file], rejects);
}
