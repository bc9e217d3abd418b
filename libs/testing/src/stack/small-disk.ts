import { spawnSync } from 'node:child_process';
import { closeSync, openSync, writeSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** The big steps first, then to the last page. */
const blocks = [8 * 1024 * 1024, 4_096].map((size) => Buffer.alloc(size));
const topUpMs = 20;

/** A file system in memory that is small enough to be filled to its last page, and emptied again. */
export class SmallDisk {
  #file: number | undefined;
  #filling: Promise<void> = Promise.resolve();
  #full = false;
  #bytes = 0;
  #refusals = 0;

  private constructor(readonly path: string) {}

  /**
   * @param path an absolute path that is nobody's yet
   * @throws {MountRefused} where this user may not mount
   */
  static async mount(path: string, mebibytes: number): Promise<SmallDisk> {
    await mkdir(path, { recursive: true });
    const { status, stderr, error } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m`, 'tmpfs', path], { encoding: 'utf8' });
    if (status !== 0) throw new MountRefused((error?.message ?? stderr ?? '').trim());
    return new SmallDisk(path);
  }

  /** Whether this user may mount. */
  static async possible(): Promise<boolean> {
    const path = await mkdtemp(join(tmpdir(), 'tideline-mount-'));
    try {
      await (await SmallDisk.mount(path, 1)).unmount();
      return true;
    } catch (error) {
      if (error instanceof MountRefused) return false;
      throw error;
    } finally {
      await rm(path, { recursive: true, force: true });
    }
  }

  /** Pages that the ballast took, in bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  /** How often the ballast itself was refused more room: 0 would mean that the disk was never full. */
  get refusals(): number {
    return this.#refusals;
  }

  /** Takes all the room there is, and from then on what others give back. Returns when the first write has been refused. */
  fill(): void {
    const file = openSync(join(this.path, 'ballast'), 'a');
    this.#file = file;
    this.#full = true;
    this.take(file);
    this.#filling = this.keep(file);
  }

  /** Gives all of it back. */
  async room(): Promise<void> {
    this.#full = false;
    await this.#filling;
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
    await rm(join(this.path, 'ballast'), { force: true });
  }

  /** Those who had files on it must have ended. @throws when one has not */
  async unmount(): Promise<void> {
    await this.room();
    const { status, stderr } = spawnSync('umount', [this.path], { encoding: 'utf8' });
    if (status !== 0) throw new Error(`${this.path} could not be unmounted: ${stderr.trim()}`);
  }

  private async keep(file: number): Promise<void> {
    while (this.#full) {
      this.take(file);
      await sleep(topUpMs);
    }
  }

  /** Without giving way: what others write at this moment is cut short in the middle. */
  private take(file: number): void {
    for (const block of blocks) {
      for (let room = true; room;) {
        try {
          this.#bytes += writeSync(file, block);
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
          room = false;
        }
      }
    }
    this.#refusals += 1;
  }
}

/** No small disk can be made by this user. */
export class MountRefused extends Error {
  constructor(why: string) {
    super(`a tmpfs may not be mounted here (${why}). Run it as root, or: unshare -rm npm run test:integrity -- disk`);
    this.name = 'MountRefused';
  }
}
