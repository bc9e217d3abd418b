import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Exact, as all packages of this repository are. */
const clickhouseConnect = 'clickhouse-connect==1.12.0';

/**
 * A Python that has clickhouse-connect, in an environment of its own below `.cache`; made when it is not there.
 * @returns the path of the interpreter @throws when there is no Python 3 with venv, or the package index is not reached
 */
export async function pythonWithClickHouseConnect(): Promise<string> {
  const home = resolve('.cache/python-clickhouse');
  const python = join(home, 'bin', 'python');
  const has = async (): Promise<boolean> => {
    const check = `import importlib.metadata as m; assert "clickhouse-connect==" + m.version("clickhouse-connect") == "${clickhouseConnect}"`;
    return run(python, ['-c', check]).then(
      () => true,
      () => false,
    );
  };
  if (existsSync(python) && (await has())) return python;
  try {
    await run('python3', ['-m', 'venv', home]);
    await run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', clickhouseConnect]);
  } catch (error) {
    throw new Error(`Python with ${clickhouseConnect} could not be made in ${home}. Debian: apt-get install python3-venv`, {
      cause: error,
    });
  }
  return python;
}

/** Runs a Python file. @returns what it printed @throws with its error output */
export async function runPython(python: string, file: string, args: readonly string[]): Promise<string> {
  return (await run(python, [resolve(file), ...args], { maxBuffer: 64 * 1024 * 1024 })).stdout;
}
