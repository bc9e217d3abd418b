import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, open, readdir, readFile, rename } from 'node:fs/promises';
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
 * most of which is a second Java. What it cannot copy is left for the tool.
 * @param target a data directory; one that is formatted already stays as it is
 * @throws as the file system does, when it has no room
 */
export async function formatAsReady(jars: string, target: string): Promise<void> {
  const ready = formattedIn(jars);
  if (existsSync(join(target, formatMark))) return;
  const settings = await readFile(join(ready, settingsName), 'utf8').catch(() => undefined);
  if (settings !== formattedBy) return;
  for (const name of await readdir(ready, { recursive: true })) {
    if (!name.endsWith('.checkpoint')) continue;
    await mkdir(dirname(join(target, name)), { recursive: true });
    // One of an attempt that was cut short may not be written to.
    await copyFile(join(ready, name), join(target, `${name}.new`));
    await kept(join(target, name));
  }
  const mark = await readFile(join(ready, formatMark), 'utf8');
  const file = await open(join(target, `${formatMark}.new`), 'w');
  await file.writeFile(mark.replace(/^cluster\.id=.*$/m, `cluster.id=${newClusterId()}`)).finally(() => file.close());
  await kept(join(target, formatMark));
}

/** A file that was written beside its place comes to it once the disk has it. */
async function kept(path: string): Promise<void> {
  const file = await open(`${path}.new`, 'r');
  await file.sync().finally(() => file.close());
  await rename(`${path}.new`, path);
}
