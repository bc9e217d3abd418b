import { fileURLToPath } from 'node:url';

/** This file ends its path like that: in the source, in the build, in the program that the build is put together to. */
const inRepository = /\/((dist\/)?libs\/config\/src|dist\/program)\/[^/]+$/;

/**
 * Where something is that comes with the program.
 * @param path below the repository, such as `infra/clickhouse/migrations`
 */
export function shipped(path: string): string {
  const here = fileURLToPath(import.meta.url);
  return `${here.slice(0, here.search(inRepository))}/${path}`;
}
