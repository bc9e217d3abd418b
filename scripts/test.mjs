// npm test: all set-up, then every check. Two rows beside one another, for there are two cores: the specs of units, broker and processes, which
// wait half of the time; and types, lint, pytest, then the specs that vitest.config.ts names for this row.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureTrainer } from './lib/python.mjs';
import { checkNode, ensureBuild, ensureKafka, ensurePackages, SetupError } from './lib/setup.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const say = (text) => console.log(`  ${text}`);
let passed = 0;
let failed = 0;
let skipped = 0;
let trainer;
/** Files of specs that some project of vitest ran. */
const ran = new Set();

try {
  checkNode(process.versions.node);
  // Neither needs our packages, and both wait for their registry more than for a core. What goes wrong there is said when it is asked for below.
  const beside = [
    `import('./scripts/lib/setup.mjs').then(({ ensureKafka }) => ensureKafka(process.cwd(), () => undefined))`,
    `import('./scripts/lib/python.mjs').then(({ ensureTrainer }) => ensureTrainer(process.cwd(), () => undefined, 'requirements-dev.txt'))`,
  ].map((script) => run(process.execPath, ['-e', script]));
  ensurePackages(root, say);
  ensureBuild(root, say);
  say('fetching Kafka and the packages of the trainer, where they are not there yet');
  await Promise.all(beside);
  ensureKafka(root, say);
  trainer = ensureTrainer(root, say, 'requirements-dev.txt');
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(error.message);
  console.log('0 passed, 1 failed');
  process.exit(1);
}

if (!hasCompose()) {
  skipped += 1;
  console.log('skipped: compose: there is no docker-compose (apt-get install docker-compose)');
}
function hasCompose() {
  return spawnSync('docker-compose', ['version'], { stdio: 'ignore' }).status === 0;
}

const work = mkdtempSync(join(tmpdir(), 'tideline-test-'));
const junit = join(work, 'pytest.xml');
await Promise.all([
  vitest(['unit', 'integration', 'e2e'], { stdio: ['ignore', 'inherit', 'inherit'] }),
  // Said at its end, so that the two rows do not speak at once.
  withoutBroker().then(() => vitest(['engine'])),
]);
rmSync(work, { recursive: true, force: true });
for (const file of specs().filter((each) => !ran.has(each))) {
  failed += 1;
  console.log(`FAILED ${file}: no project of vitest.config.ts ran it`);
}
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exit(failed === 0 ? 0 : 1);

/** Every file of specs that there is, whatever the projects name. */
function specs() {
  return ['apps', 'libs', 'scripts', 'test'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true })
      .map((file) => join(folder, file))
      .filter((file) => /[.-]spec\.[cm]?[jt]sx?$/.test(file)),
  );
}

/** Runs and counts the specs of some projects. */
async function vitest(projects, options = {}) {
  const report = join(work, `vitest-${projects[0]}.json`);
  const named = projects.map((project) => `--project=${project}`);
  const args = ['vitest', 'run', ...named, '--reporter=default', '--reporter=json', `--outputFile=${report}`];
  const { status, said } = await run('npx', args, { env: { ...process.env, UV_THREADPOOL_SIZE: '16' }, ...options });
  process.stdout.write(said);
  countVitest(status, report);
}

/** What needs neither engine nor broker, one after the other. */
async function withoutBroker() {
  for (const [name, command, ...rest] of [
    ['typecheck', 'npx', 'tsc', '--noEmit', '-p', 'tsconfig.json'],
    ['typecheck of the page', 'npx', 'tsc', '--noEmit', '-p', 'apps/dashboard/tsconfig.json'],
    ['lint', 'npx', 'eslint', '.'],
    ['format', 'npx', 'prettier', '--check', '--log-level', 'warn', '.'],
    ['contracts', process.execPath, 'scripts/contracts.mjs', '--check'],
    ['settings', process.execPath, 'scripts/env-example.mjs', '--check'],
    ...(hasCompose()
      ? [['compose', process.execPath, 'scripts/compose-check.mjs', ...(process.env.TIDELINE_THOROUGH === '1' ? ['--build'] : [])]]
      : []),
  ]) {
    const { status, said } = await run(command, rest);
    process.stdout.write(`${said}${status === 0 ? 'ok    ' : 'FAILED'} ${name}\n`);
    if (status === 0) passed += 1;
    else failed += 1;
  }
  const chosen = process.env.TIDELINE_THOROUGH === '1' ? [] : ['-m', 'not thorough'];
  const pytest = await run(trainer, ['-m', 'pytest', '-p', 'no:cacheprovider', `--junitxml=${junit}`, ...chosen], {
    cwd: join(root, 'apps', 'trainer'),
    // Its threads would wait for one another on a core that the other row has.
    env: { ...process.env, OMP_NUM_THREADS: '1' },
  });
  process.stdout.write(pytest.said);
  countPytest(pytest.status);
}

/** Runs a command; what it says is kept, so that two of them do not speak at once, unless it may write for itself. */
function run(command, rest, options = {}) {
  return new Promise((done) => {
    const child = spawn(command, rest, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], ...options });
    const chunks = [];
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => chunks.push(chunk));
    child.on('error', (error) => done({ status: 1, said: `${error.message}\n` }));
    child.on('close', (status) => done({ status, said: Buffer.concat(chunks).toString('utf8') }));
  });
}

function countVitest(status, report) {
  const before = failed;
  const { testResults } = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : { testResults: [] };
  for (const file of testResults) {
    ran.add(relative(root, file.name));
    // A file that could not even be loaded has no tests of its own to fail.
    if (file.status === 'failed' && file.assertionResults.length === 0) failed += 1;
    for (const test of file.assertionResults) {
      if (test.status === 'passed') passed += 1;
      else if (test.status === 'failed') failed += 1;
      else {
        skipped += 1;
        console.log(`skipped: ${relative(root, file.name)}: ${test.fullName}`);
      }
    }
  }
  if ((status !== 0 || testResults.length === 0) && failed === before) failed += 1;
}

/** One line of the report counts them: <testsuite errors="0" failures="0" skipped="0" tests="99" ...> */
function countPytest(status) {
  const counted = existsSync(junit) ? /<testsuite [^>]*>/.exec(readFileSync(junit, 'utf8'))?.[0] : undefined;
  const countOf = (name) => Number(new RegExp(` ${name}="(\\d+)"`).exec(counted ?? '')?.[1] ?? 0);
  const bad = countOf('failures') + countOf('errors');
  passed += countOf('tests') - bad - countOf('skipped');
  skipped += countOf('skipped');
  failed += status === 0 ? bad : Math.max(bad, 1);
}
