import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { serverProperties } from './server-properties.js';

/** Its presence says that a data directory is formatted, so it is written last. */
export const formatMark = 'meta.properties';
/** Beside what it formatted: the settings, as `formattedBy` says them. */
export const settingsName = 'server.properties';

/** Where the data directory stands that the set-up had formatted. */
export function formattedIn(jars: string): string {
  return join(jars, 'formatted');
}

/** An id as Kafka wants them: 16 bytes. */
export function newClusterId(): string {
  return randomBytes(16).toString('base64url');
}

/** Settings to format a directory with. A broker moves to ports of its own: a quorum of one takes its voter's new address over. */
export function formatSettings(directory: string): string {
  return serverProperties({ broker: 9092, controller: 9093, dataDirectory: directory });
}

/** The settings of a directory wherever it lies: one that was formatted by others is of no use. */
export const formattedBy = formatSettings('');

/**
 * Formats a new data directory as a copy of the one that stands ready, with a cluster's id of its own: Kafka's tool takes a second of a core,
 * most of which is a second Java. In one go, for the program is about to be loaded and would come between. Where nothing stands ready that
 * can be read whole, nothing is done: then the tool formats.
 * @param target a data directory; one that is formatted already stays as it is
 * @throws as the file system does, when it takes no more
 */
export function formatAsReady(jars: string, target: string): void {
  if (existsSync(join(target, formatMark))) return;
  for (const [name, bytes] of readyFiles(formattedIn(jars))) {
    const path = join(target, name);
    mkdirSync(dirname(path), { recursive: true });
    rmSync(`${path}.new`, { force: true });
    writeFileSync(`${path}.new`, bytes, { flush: true });
    renameSync(`${path}.new`, path);
  }
}

/** Names and contents, the mark last; none unless all are there. */
function readyFiles(ready: string): readonly (readonly [string, string | Buffer])[] {
  try {
    if (readFileSync(join(ready, settingsName), 'utf8') !== formattedBy) return [];
    const mark = readFileSync(join(ready, formatMark), 'utf8').replace(/^cluster\.id=.*$/m, `cluster.id=${newClusterId()}`);
    const names = readdirSync(ready, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.checkpoint'));
    const checkpoints = names.map((name) => [name, readFileSync(join(ready, name))] as const);
    // A machine that lost its power may have kept the names alone.
    const isWhole = mark.includes('cluster.id=') && checkpoints.length > 0 && checkpoints.every(([, bytes]) => bytes.length > 0);
    return isWhole ? [...checkpoints, [formatMark, mark]] : [];
  } catch {
    // Of another user, or about to be replaced by a set-up that runs beside us.
    return [];
  }
}
