import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Folder of the page as these tests built it. */
    page: string;
  }
}

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Builds the dashboard once for all browser tests, into a folder of its own, which goes with them. */
export default function setup(project: TestProject): () => void {
  const page = mkdtempSync(join(tmpdir(), 'tideline-page-'));
  // A process of its own: the test runner's NODE_ENV would build the page for development.
  const args = ['NODE_ENV=production', process.execPath, 'node_modules/vite/bin/vite.js', 'build', '--outDir', page, '--logLevel', 'warn'];
  const built = spawnSync('env', [...args, '--config', 'apps/dashboard/vite.config.ts'], { cwd: root, stdio: 'inherit' });
  if (built.status !== 0) throw new Error('The dashboard does not build: see above.');
  project.provide('page', page);
  return () => rmSync(page, { recursive: true, force: true });
}
