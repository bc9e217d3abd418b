// npm run compose:check: docker-compose.yml is valid, in the eyes of docker-compose, the paths it and the Dockerfile name exist, and the
// Dockerfile copies what its build asks for; with --build that build is run on a copy of just those files, beside the packages that are
// here. No image is made and no container is run; what this says is said of files.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildStage, filesNamedBy, isCopied } from './lib/image.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const faults = [];
const env = { ...process.env, CLICKHOUSE_PASSWORD: 'checked', TIDELINE_SECRET: 'checked-only-sixteen' };

const command = [
  ['docker-compose', []],
  ['docker', ['compose']],
].find(([name, first]) => spawnSync(name, [...first, 'version'], { stdio: 'ignore' }).status === 0);
if (!command) {
  console.error('compose: not checked, there is no docker-compose. On Debian: apt-get install docker-compose');
  process.exit(2);
}
const [name, first] = command;
// A .env of this folder is somebody's own; what is checked is the file as it ships.
const work = mkdtempSync(join(tmpdir(), 'tideline-compose-'));
process.on('exit', () => rmSync(work, { recursive: true, force: true }));
writeFileSync(join(work, 'empty.env'), '');
const compose = (args, environment) =>
  spawnSync(name, [...first, '--env-file', join(work, 'empty.env'), ...args], { cwd: root, env: environment, encoding: 'utf8' });

const valid = compose(['config', '-q'], env);
if (valid.status !== 0) faults.push(`docker-compose.yml is not valid:\n${valid.stderr.trim()}`);

// Without passwords it must refuse, and name what is missing.
for (const secret of ['CLICKHOUSE_PASSWORD', 'TIDELINE_SECRET']) {
  const without = { ...env };
  delete without[secret];
  const refused = compose(['config', '-q'], without);
  if (refused.status === 0 || !refused.stderr.includes(secret)) faults.push(`docker-compose.yml starts without ${secret}`);
}

const services = compose(['config', '--services'], env).stdout.trim().split('\n').sort().join(' ');
if (services !== 'api clickhouse ingestor kafka scorer simulator') faults.push(`the services are: ${services}`);

const text = readFileSync(join(root, 'docker-compose.yml'), 'utf8');
for (const [, app] of text.matchAll(/dist\/apps\/(\w+)\/main\.js/g)) {
  if (!existsSync(join(root, 'apps', app, 'main.ts'))) faults.push(`apps/${app}/main.ts, which docker-compose.yml runs, does not exist`);
}
const dockerfile = readFileSync(join(root, 'infra', 'docker', 'Dockerfile'), 'utf8');
for (const [, paths] of dockerfile.matchAll(/^COPY (?!--from)(.+)$/gm)) {
  for (const path of paths.trim().split(/\s+/).slice(0, -1)) {
    if (!existsSync(join(root, path))) faults.push(`${path}, which the Dockerfile copies, does not exist`);
  }
}
const stage = buildStage(dockerfile);
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
for (const path of filesNamedBy(scripts, stage.scripts)) {
  if (!isCopied(path, stage.copied)) faults.push(`${path}, which the build of the image asks for, is not copied into it`);
}
const isBuilt = process.argv.includes('--build') && faults.length === 0;
if (isBuilt) {
  const image = join(work, 'image');
  for (const path of stage.copied) {
    cpSync(join(root, path), join(image, path), { recursive: true, filter: (from) => !from.includes('node_modules') });
  }
  symlinkSync(join(root, 'node_modules'), join(image, 'node_modules'));
  for (const script of stage.scripts) {
    const build = spawnSync('npm', ['run', script], { cwd: image, encoding: 'utf8' });
    if (build.status !== 0) faults.push(`npm run ${script} fails on what the image copies:\n${`${build.stdout}${build.stderr}`.trim()}`);
  }
  for (const [, program] of text.matchAll(/(dist\/apps\/\w+\/main\.js)/g)) {
    if (!existsSync(join(image, program))) faults.push(`the build of the image leaves no ${program}`);
  }
  if (!existsSync(join(image, 'dist', 'dashboard', 'index.html'))) faults.push('the build of the image leaves no dashboard');
}

if (faults.length > 0) {
  console.error(`compose: ${faults.join('\ncompose: ')}`);
  process.exit(1);
}
console.log(
  `compose: docker-compose.yml and the Dockerfile name what exists, and docker-compose accepts the file (${isBuilt ? 'what the image copies was built, no container was run' : 'nothing was run'})`,
);
