import { spawn } from 'node:child_process';
import { resolve } from 'node:path';

/** What `cli import --json` prints. */
export interface ImportResult {
  readonly rows: number;
  readonly rejectedRows: number;
  readonly events: number;
  readonly readMs: number;
  readonly totalMs: number;
}

/**
 * Runs the importer as a user does, in a process of its own.
 * @returns its JSON result @throws with its own words when it fails
 */
export async function importFile(url: string, shop: string, mapping: string, file: string, rejects: string): Promise<ImportResult> {
  const child = spawn(
    process.execPath,
    [resolve('dist/apps/cli/main.js'), 'import', '--shop', shop, '--mapping', mapping, '--url', url, '--rejects', rejects, '--json', file],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let out = '';
  let errors = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString('utf8')));
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString('utf8')));
  const code = await new Promise<number | null>((done) => child.once('close', done));
  if (code !== 0) throw new Error(`The import ended with code ${code}: ${errors}`);
  return JSON.parse(out.trim().split('\n').pop() ?? '') as ImportResult;
}
