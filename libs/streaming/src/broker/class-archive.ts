import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Where the archive of a directory of jars stands. */
export function classArchiveIn(jars: string): string {
  return join(jars, 'classes.jsa');
}

/**
 * Flags that have the JVM take the broker's classes parsed and verified from an archive, in half the time (class data sharing, JEP 350).
 * One that does not fit, of another JVM or other jars, is passed over in silence: the broker starts as it would without.
 * @returns none where there is no archive
 */
export function classArchiveFlags(jars: string): string[] {
  const archive = classArchiveIn(jars);
  return existsSync(archive) ? [`-XX:SharedArchiveFile=${archive}`, '-Xshare:auto', '-Xlog:cds*=off'] : [];
}
