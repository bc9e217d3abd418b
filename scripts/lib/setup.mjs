// What has to be there before the program can run: the right Node, the packages, the build, the jars of Kafka.
// Plain JavaScript without dependencies: it runs before anything is installed.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';

/** Something that the user has to do; its message says what. */
export class SetupError extends Error {}

/** @param {string} version as `process.versions.node` */
export function checkNode(version) {
  const [major, minor] = version.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  throw new SetupError(
    `Node ${version} is too old: Tideline needs 20.19 or newer. Install it from your package manager, or with nvm: nvm install 20`,
  );
}

/** @param {string} output what `java -version` printed */
export function javaMajor(output) {
  const version = /version "(\d+)(?:\.(\d+))?/.exec(output);
  if (!version) return undefined;
  return version[1] === '1' ? Number(version[2]) : Number(version[1]);
}

/** Installs the packages when they are missing or the lock file changed since. */
export function ensurePackages(root, say) {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  const stamp = join(root, 'node_modules', '.tideline-lock');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  say('installing packages (npm ci)');
  run('npm', ['ci', '--no-audit', '--no-fund'], root, 'npm ci failed. Is the package registry reachable?');
  writeFileSync(stamp, lock);
}

/** Builds the programs and the page, each when a source is newer than its build. */
export function ensureBuild(root, say) {
  ensurePrograms(root, say);
  ensureProgram(root, say);
  ensurePage(root, say);
}

/** Builds when a source is newer than the build, or one came or went, or its output is gone. */
function ensurePrograms(root, say) {
  const sources = ['apps', 'libs', 'test'].flatMap((folder) => [...sourcesIn(root, folder)]).sort();
  const state = createHash('sha256');
  for (const file of [...sources, 'package.json', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json']) {
    state.update(`${file} ${statSync(join(root, file)).mtimeMs}\n`);
  }
  const digest = state.digest('hex');
  const stamp = join(root, 'dist', '.tideline-build');
  const built = readBuild(stamp);
  const lacking = sources.filter((file) => !existsSync(outputOf(root, file)));
  if (built.digest === digest && lacking.length === 0) return;
  say('building');
  rmSync(programIn(root), { recursive: true, force: true });
  // tsc leaves the outputs of sources that are gone; a program could still load them.
  for (const file of built.sources.filter((each) => !sources.includes(each))) {
    for (const output of [outputOf(root, file), `${outputOf(root, file)}.map`]) rmSync(output, { force: true });
  }
  // And it does not write again what its notes say it wrote.
  if (lacking.length > 0) rmSync(join(root, 'dist', '.tsbuildinfo'), { force: true });
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  // Types are checked by `npm test` and `npm run build`: nobody waits for them before a start.
  run(process.execPath, [tsc, '-p', 'tsconfig.build.json', '--noCheck'], root, 'The build failed.');
  writeFileSync(stamp, JSON.stringify({ digest, sources }));
}

/**
 * The all-in-one, put together from what was built: as it was, it is made of two thousand modules, which takes seconds to load. Its stamp is
 * written last: one that a kill left half-made lacks it.
 */
function ensureProgram(root, say) {
  const config = join('scripts', 'lib', 'program.config.mjs');
  const digest = createHash('sha256');
  for (const file of [config, join('dist', '.tideline-build')]) digest.update(readFileSync(join(root, file)));
  const made = digest.digest('hex');
  const stamp = join(programIn(root), '.complete');
  const isWhole = existsSync(stamp) && readFileSync(stamp, 'utf8') === made;
  if (isWhole && existsSync(join(programIn(root), 'tideline.js'))) return;
  say('putting the program together');
  rmSync(programIn(root), { recursive: true, force: true });
  build(root, config, 'The program could not be put together.');
  writeFileSync(stamp, made);
}

function programIn(root) {
  return join(root, 'dist', 'program');
}

/** The dashboard, from its own folder and the contracts that it shares with the API. */
function ensurePage(root, say) {
  const state = createHash('sha256');
  for (const folder of [join('apps', 'dashboard'), join('libs', 'contracts', 'src')]) {
    for (const file of [...filesIn(root, folder)].sort()) state.update(`${file} ${statSync(join(root, file)).mtimeMs}\n`);
  }
  const digest = state.update(readFileSync(join(root, 'package-lock.json'))).digest('hex');
  const page = join(root, 'dist', 'dashboard');
  const stamp = join(root, 'dist', '.tideline-page');
  if (existsSync(join(page, 'index.html')) && existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return;
  say('building the dashboard');
  build(root, join('apps', 'dashboard', 'vite.config.ts'), 'The dashboard could not be built.');
  writeFileSync(stamp, digest);
}

function build(root, config, failure) {
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
  run(process.execPath, [vite, 'build', '--config', config, '--logLevel', 'warn'], root, failure);
}

/** What the last build was made of. */
function readBuild(stamp) {
  try {
    const { digest, sources } = JSON.parse(readFileSync(stamp, 'utf8'));
    if (typeof digest === 'string' && Array.isArray(sources)) return { digest, sources };
  } catch {
    // Never built, or built before the stamp had this form.
  }
  return { digest: undefined, sources: [] };
}

function outputOf(root, source) {
  return join(root, 'dist', source.replace(/\.ts$/, '.js'));
}

/** Version of Kafka that the repository asks for. */
export function kafkaVersion(root) {
  return /<kafka\.version>([^<]+)</.exec(readFileSync(join(root, 'infra', 'kafka', 'pom.xml'), 'utf8'))?.[1] ?? 'unknown';
}

/** Fetches the jars of Kafka once. @returns the directory that holds them */
export function ensureKafka(root, say) {
  const java = spawnSync('java', ['-version'], { encoding: 'utf8' });
  const otherwise = 'Or use a broker of your own: KAFKA_BROKERS=host:9092 npm start';
  const major = javaMajor(`${java.stderr}${java.stdout}`);
  // macOS has a `java` that only says that there is none.
  if (java.error || (java.status !== 0 && major === undefined))
    throw new SetupError(
      `Java is missing: the local Kafka broker needs Java 17 or newer. Install one, for example: apt-get install openjdk-17-jre-headless\n${otherwise}`,
    );
  if (major === undefined || major < 17)
    throw new SetupError(`Java ${major ?? '(unknown version)'} is too old: the local Kafka broker needs Java 17 or newer.\n${otherwise}`);
  const target = join(root, '.cache', `kafka-${kafkaVersion(root)}`);
  fetchKafka(root, target, otherwise, say);
  ensureQuickStart(root, target, say);
  return target;
}

function fetchKafka(root, target, otherwise, say) {
  if (existsSync(join(target, '.complete'))) return;
  if (spawnSync('mvn', ['-v'], { stdio: 'ignore' }).error) {
    throw new SetupError(
      `Maven is missing: it fetches the jars of Apache Kafka once. Install it, for example: apt-get install maven\n${otherwise}`,
    );
  }
  say(`fetching Apache Kafka ${kafkaVersion(root)} (once)`);
  // Fetched beside and renamed: an interrupted download never looks complete.
  const partial = `${target}.partial`;
  rmSync(partial, { recursive: true, force: true });
  rmSync(target, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true });
  run(
    'mvn',
    [
      '-B',
      '-q',
      '-f',
      join('infra', 'kafka', 'pom.xml'),
      'dependency:copy-dependencies',
      '-DincludeScope=runtime',
      // Maven takes a relative path from the folder of the pom.
      `-DoutputDirectory=${resolve(partial)}`,
    ],
    root,
    `Maven could not fetch the jars of Kafka. Is Maven Central reachable?\n${otherwise}`,
  );
  writeFileSync(join(partial, '.complete'), '');
  renameSync(partial, target);
}

/** The broker's classes as the JVM wants them, and a formatted directory to copy: without them it starts all the same, more slowly. */
function ensureQuickStart(root, jars, say) {
  const broker = join('libs', 'streaming', 'src', 'broker');
  const maker = join(root, 'dist', broker, 'prepare.js');
  if (!existsSync(maker)) return;
  const stamp = join(jars, '.prepared');
  // What is formatted depends on the settings.
  const sources = createHash('sha256');
  for (const file of ['prepare.ts', 'formatted-directory.ts', 'server-properties.ts'])
    sources.update(readFileSync(join(root, broker, file)));
  const digest = sources.digest('hex');
  const isPrepared = existsSync(stamp) && readFileSync(stamp, 'utf8') === digest && isNewerThan(join(jars, 'classes.jsa'), javaBinary());
  if (isPrepared) return;
  say('preparing Kafka for quick starts (once)');
  const { status, stderr } = spawnSync(process.execPath, [maker, jars, join(root, 'infra', 'kafka', 'log4j2.yaml')], { encoding: 'utf8' });
  if (status === 0) writeFileSync(stamp, digest);
  else say(`it will start more slowly: ${stderr.trim().split('\n').pop()}`);
}

/** An archive is of one JVM: after an update of Java it is made anew. */
function isNewerThan(file, other) {
  return existsSync(file) && (other === undefined || statSync(file).mtimeMs > statSync(other).mtimeMs);
}

function javaBinary() {
  const found = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'java'));
  return found.find((file) => existsSync(file));
}

/** What tsconfig.build.json compiles below a folder, as paths from the root. */
function* sourcesIn(root, folder) {
  for (const path of filesIn(root, folder)) {
    if (notForNode.some((other) => path.startsWith(join(other, '/')))) continue;
    if (/\.ts$/.test(path) && !/\.(d|spec|int-spec)\.ts$/.test(path)) yield path;
  }
}

/** Folders that other tools compile: the page, and the tests in a browser. */
const notForNode = [join('apps', 'dashboard'), join('test', 'e2e')];

function* filesIn(root, folder) {
  if (!existsSync(join(root, folder))) return;
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesIn(root, path);
    else yield path;
  }
}

function run(command, args, cwd, failure) {
  const result = spawnSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 64 * 1024 * 1024 });
  if (result.status === 0) return;
  const words = `${result.stdout ?? ''}\n${result.stderr ?? result.error?.message ?? ''}`.trim().split('\n').slice(-15).join('\n');
  throw new SetupError(`${failure}\n${words}`);
}
