import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SetupError } from './setup.mjs';

/**
 * The trainer's Python environment, below `.cache`, made with pip when it is missing or was made for other requirements.
 * @param {string} root of the repository
 * @param {(text: string) => void} say
 * @param {string} requirements which list: `requirements.txt`, or `requirements-dev.txt` with what tests need
 * @returns {string} path of its Python
 * @throws {SetupError} when there is no Python 3.11 or newer, or packages could not be installed
 */
export function ensureTrainer(root, say, requirements = 'requirements.txt') {
  const folder = join(root, 'apps', 'trainer');
  const lists = [...new Set(['requirements.txt', requirements])].map((name) => readFileSync(join(folder, name)));
  const wanted = createHash('sha256').update(Buffer.concat(lists)).digest('hex').slice(0, 16);
  const target = join(root, '.cache', `trainer-${wanted}`);
  const python = join(target, 'bin', 'python');
  // Written last: an interrupted installation is done again.
  if (existsSync(join(target, '.complete'))) return python;
  const source = pythonOf();
  say(`installing the trainer's packages (once)`);
  rmSync(target, { recursive: true, force: true });
  mkdirSync(join(root, '.cache'), { recursive: true });
  run(source, ['-m', 'venv', target], 'Python could not make an environment: install its venv module (apt-get install python3-venv).');
  run(
    python,
    ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', join(folder, requirements)],
    'pip could not install the packages of apps/trainer. Its words are above; is the package index within reach?',
  );
  writeFileSync(join(target, '.complete'), '');
  return python;
}

/** The first of the usual names that is 3.11 or newer. */
function pythonOf() {
  for (const name of ['python3', 'python3.11', 'python3.12', 'python3.13']) {
    const asked = spawnSync(name, ['-c', 'import sys; print(*sys.version_info[:2])'], { encoding: 'utf8' });
    const [major, minor] = (asked.stdout ?? '').trim().split(' ').map(Number);
    if (asked.status === 0 && major === 3 && minor >= 11) return name;
  }
  throw new SetupError(
    'Python 3.11 or newer is missing: the trainer needs it. Install one, for example: apt-get install python3 python3-venv',
  );
}

function run(command, args, otherwise) {
  // pip tells of its progress on stdout, which belongs to the program that follows.
  const { status } = spawnSync(command, args, { stdio: ['ignore', 2, 2] });
  if (status !== 0) throw new SetupError(otherwise);
}
