// npm run test:readme: runs the ```bash blocks of the README, in their order, in a temporary clone of what is committed.
// A block's `npm start` is kept running while the blocks after it are tried, and stopped at the end.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const clone = mkdtempSync(join(tmpdir(), 'tideline-readme-'));
execFileSync('git', ['clone', '--quiet', '.', clone]);
// What a user would have fetched: the data sets.
const datasets = resolve(process.env.TIDELINE_DATASETS ?? 'datasets');
if (existsSync(datasets)) symlinkSync(datasets, join(clone, 'datasets'));

const blocks = [...readFileSync(join(clone, 'README.md'), 'utf8').matchAll(/^```bash\n([\s\S]*?)^```$/gm)].map((match) => match[1]);
let running;
let failed = 0;
const env = { ...process.env };
delete env.TIDELINE_DATASETS;

for (const block of blocks) {
  for (const command of block.split('\n').map((line) => line.replace(/\s+#.*$/, '').trim())) {
    if (command === '' || command.startsWith('#')) continue;
    if (command === 'npm test') {
      console.log(`left out  ${command} (it is what CI runs)`);
      continue;
    }
    if (command.startsWith('npm start')) {
      running = spawn('/bin/sh', ['-c', `exec ${command}`], { cwd: clone, env, detached: true, stdio: ['ignore', 'pipe', 'inherit'] });
      let said = '';
      running.stdout.on('data', (chunk) => (said += chunk));
      for (let tries = 0; !said.includes('is ready') && tries < 3_000 && running.exitCode === null; tries += 1) await sleep(100);
      const ok = said.includes('is ready');
      console.log(`${ok ? 'ok      ' : 'FAILED  '}  ${command}`);
      if (!ok) {
        console.log(said);
        failed += 1;
      }
      continue;
    }
    const result = spawnSync('/bin/bash', ['-c', command], { cwd: clone, env, encoding: 'utf8', timeout: 600_000 });
    console.log(`${result.status === 0 ? 'ok      ' : 'FAILED  '}  ${command}`);
    if (result.status !== 0) {
      console.log(`${result.stdout}${result.stderr}`.trim().split('\n').slice(-15).join('\n'));
      failed += 1;
    }
  }
}
if (running && running.exitCode === null) {
  const gone = new Promise((done) => running.once('exit', done));
  process.kill(-running.pid, 'SIGINT');
  await gone;
}
rmSync(clone, { recursive: true, force: true });
console.log(`${blocks.length} blocks, ${failed} commands failed`);
process.exit(failed === 0 && blocks.length > 0 ? 0 : 1);
