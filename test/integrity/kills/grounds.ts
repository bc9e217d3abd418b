import { openEmbedded } from '#clickhouse';
import type { Difference } from '#testing';
import { execFile } from 'node:child_process';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { subjects, type SubjectName } from './subjects.js';
import { Victim, type Aim, type Rename } from './victim.js';

/** What a kill left. */
export interface Remains {
  readonly directory: string;
  /** Whether it was killed at all: a rename may not come again, work may have ended. */
  readonly killed: boolean;
}

/** The work of one subject and seed, to be killed in again and again, each time from the same beginning. */
export class Grounds {
  #places = 0;

  private constructor(
    private readonly work: string,
    private readonly subject: SubjectName,
    private readonly seed: number,
  ) {}

  /** Makes the store that every kill begins with. One engine in this process at a time. */
  static async prepare(work: string, subject: SubjectName, seed: number): Promise<Grounds> {
    const grounds = new Grounds(join(work, `${subject}-${seed}`), subject, seed);
    await mkdir(grounds.beginning, { recursive: true });
    const store = await openEmbedded(join(grounds.beginning, 'clickhouse'));
    try {
      await subjects[subject](grounds.beginning).prepare(store, seed);
    } finally {
      await store.close();
    }
    return grounds;
  }

  /** Every place in the work at which the engine renames something, as far as it comes again. */
  async aims(): Promise<Aim[]> {
    const [first, second] = [await this.victim(), await this.victim()];
    const aims = aimsOf(await first.renames(), await second.renames());
    for (const { directory } of [first, second]) await this.drop(directory);
    return aims;
  }

  /** How long the work takes when nobody disturbs it, in milliseconds. */
  async workMs(): Promise<number> {
    const victim = await this.victim();
    const { workedMs } = await victim.work();
    await this.drop(victim.directory);
    return workedMs;
  }

  /** @param where a rename, or so many milliseconds after the work began */
  async kill(where: Aim | number): Promise<Remains> {
    const victim = await this.victim();
    const { killed } = await (typeof where === 'number' ? victim.killAfter(where) : victim.killAt(where));
    return { directory: victim.directory, killed };
  }

  /** Opens what a kill left, goes on to the end, compares, and clears it away. One engine in this process at a time. */
  async differences({ directory }: Remains): Promise<Difference[]> {
    const store = await openEmbedded(join(directory, 'clickhouse'));
    try {
      return await subjects[this.subject](directory).differences(store, this.seed);
    } finally {
      await store.close();
      await this.drop(directory);
    }
  }

  private get beginning(): string {
    return join(this.work, 'beginning');
  }

  private async victim(): Promise<Victim> {
    const directory = join(this.work, String((this.#places += 1)));
    // The same bytes under the same names: the engine's names of tables are random, and a kill is aimed at a path.
    await promisify(execFile)('cp', ['-a', this.beginning, directory]);
    return new Victim(this.subject, directory, this.seed);
  }

  private async drop(directory: string): Promise<void> {
    await rm(directory, { recursive: true, force: true });
  }
}

/**
 * Aims from what two undisturbed runs renamed. A path that both renamed is aimed at by itself; one with a random name in it by how many
 * calls of its kind its thread had made: that is the thread that refreshes views, and it does the same each time.
 */
export function aimsOf(first: readonly Rename[], second: readonly Rename[]): Aim[] {
  const again = new Set(second.map(({ call, source, ofSource }) => `${call} ${source} ${ofSource}`));
  const aims = first.flatMap(({ call, source, ofSource, ofCall }): Aim[] => {
    if (again.has(`${call} ${source} ${ofSource}`)) return [{ call, count: ofSource, source }];
    return call === 'rename' ? [] : [{ call, count: ofCall }];
  });
  return [...new Map(aims.map((aim) => [JSON.stringify(aim), aim])).values()];
}
