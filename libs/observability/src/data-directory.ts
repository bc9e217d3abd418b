import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Who holds a data directory; kept in `<data>/instance.json` while it runs. */
export interface Holder {
  readonly pid: number;
  readonly url: string;
}

/** A directory that cannot be used, in words for the terminal. */
export class DirectoryError extends Error {
  readonly retryable = false;
  constructor(
    message: string,
    readonly code: 'directory-held' | 'disk-full' = 'directory-held',
  ) {
    super(message);
  }
}

/**
 * Takes a data directory for this process.
 * @throws {DirectoryError} `directory-held` when a living process holds it; `disk-full`
 */
export async function takeDirectory(data: string): Promise<void> {
  await mkdir(data, { recursive: true });
  const holder = await holderOf(data);
  if (holder && holder.pid !== process.pid && isAlive(holder.pid)) {
    throw new DirectoryError(
      `${data} is held by another instance (process ${holder.pid}${holder.url ? `, ${holder.url}` : ''}). Stop that one, or name another --data directory.`,
    );
  }
  try {
    await noteHolder(data, { pid: process.pid, url: '' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    const words = `The disk is full: ${data} cannot be written. Free some space and start again; nothing that was written is lost.`;
    throw new DirectoryError(words, 'disk-full');
  }
}

/** Says in the directory who holds it and where it is reached. */
export async function noteHolder(data: string, holder: Holder): Promise<void> {
  await writeFile(join(data, 'instance.json'), `${JSON.stringify(holder)}\n`);
}

export async function releaseDirectory(data: string): Promise<void> {
  await rm(join(data, 'instance.json'), { force: true });
}

async function holderOf(data: string): Promise<Holder | undefined> {
  try {
    return JSON.parse(await readFile(join(data, 'instance.json'), 'utf8')) as Holder;
  } catch {
    // No file, or one that a kill cut short: nobody holds it; the engine's own lock still guards the store.
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
