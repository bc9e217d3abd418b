// What has to be there before the program can run: the right Node, the packages, the build, the jars of Kafka.
// Plain JavaScript without dependencies: it runs before anything is installed.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

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

/** Builds when a source is newer than the build, or one came or went. */
export function ensureBuild(root, say) {
  const sources = [
    ...['apps', 'libs', 'test'].flatMap((folder) => [...files(join(root, folder))]),
    ...['package.json', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json'].map((file) => join(root, file)),
  ];
  const state = createHash('sha256');
  for (const file of sources.sort()) state.update(`${file} ${statSync(file).mtimeMs}\n`);
  const digest = state.digest('hex');
  const stamp = join(root, 'dist', '.tideline-build');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return;
  say('building');
  // Incremental state of another tree would leave files of sources that are gone.
  run(process.execPath, [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', 'tsconfig.build.json'], root, 'The build failed.');
  writeFileSync(stamp, digest);
}

/** Version of Kafka that the repository asks for. */
export function kafkaVersion(root) {
  return /<kafka\.version>([^<]+)</.exec(readFileSync(join(root, 'infra', 'kafka', 'pom.xml'), 'utf8'))?.[1] ?? 'unknown';
}

/** Fetches the jars of Kafka once. @returns the directory that holds them */
export function ensureKafka(root, say) {
  const java = spawnSync('java', ['-version'], { encoding: 'utf8' });
  const otherwise = 'Or use a broker of your own: KAFKA_BROKERS=host:9092 npm start';
  if (java.error)
    throw new SetupError(
      `Java is missing: the local Kafka broker needs Java 17 or newer. Install one, for example: apt-get install openjdk-17-jre-headless\n${otherwise}`,
    );
  const major = javaMajor(`${java.stderr}${java.stdout}`);
  if (major === undefined || major < 17)
    throw new SetupError(`Java ${major ?? '(unknown version)'} is too old: the local Kafka broker needs Java 17 or newer.\n${otherwise}`);
  const target = join(root, '.cache', `kafka-${kafkaVersion(root)}`);
  if (existsSync(join(target, '.complete'))) return target;
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
      `-DoutputDirectory=${partial}`,
    ],
    root,
    `Maven could not fetch the jars of Kafka. Is Maven Central reachable?\n${otherwise}`,
  );
  writeFileSync(join(partial, '.complete'), '');
  renameSync(partial, target);
  return target;
}

function* files(directory) {
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) yield* files(path);
    else if (/\.(ts|tsx|yaml)$/.test(entry.name)) yield path;
  }
}

function run(command, args, cwd, failure) {
  const result = spawnSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 64 * 1024 * 1024 });
  if (result.status === 0) return;
  const words = `${result.stdout ?? ''}\n${result.stderr ?? result.error?.message ?? ''}`.trim().split('\n').slice(-15).join('\n');
  throw new SetupError(`${failure}\n${words}`);
}
