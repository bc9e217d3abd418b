import { Session } from 'chdb';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ClickHouseFault } from './clickhouse.errors.js';
import { fewThreads } from './engine-lanes.js';
import { roomLeftAlone, type EngineGate } from './engine-gate.js';
import { refusedWritesOf } from './refused-writes.js';

/**
 * The engine has one user, `default`, which holds two roles. A connection begins with both; one for readers goes down to
 * `reader`, which may select and show, and has no right to files, the network, temporary tables or the system. A limit by
 * role and not by `readonly = 1` alone: `SET readonly = DEFAULT` lifts that setting, whatever its constraints say.
 * A refresh of a view has no connection: it keeps to the threads of the profile. Connections say theirs.
 */
const users = `<clickhouse>
  <profiles><default><max_threads>${fewThreads}</max_threads></default></profiles>
  <quotas><default></default></quotas>
  <roles>
    <owner><grants><query>GRANT ALL ON *.* WITH GRANT OPTION</query></grants></owner>
    <reader><grants><query>GRANT SELECT, SHOW DATABASES, SHOW TABLES, SHOW COLUMNS ON *.*</query></grants></reader>
  </roles>
  <users><default>
    <password></password>
    <networks><ip>::/0</ip></networks>
    <profile>default</profile>
    <quota>default</quota>
    <grants><query>GRANT owner</query><query>GRANT reader</query></grants>
  </default></users>
</clickhouse>
`;

/** The embedded engine on a directory, and short connections to it beside the lanes. */
export class EmbeddedSessions {
  /** Opened with the engine's arguments, and held: they count for the first connection of a process only. */
  #root: Session | undefined;
  #gate: EngineGate | undefined;
  /** A connection runs one statement at a time. */
  #asking: Promise<unknown> = Promise.resolve();

  constructor(private readonly directory: string) {}

  /** @throws what the engine says when it cannot have the directory */
  async open(): Promise<void> {
    const access = join(this.directory, 'access-of-roles');
    await mkdir(access, { recursive: true });
    const [usersFile, config] = [join(access, 'users.xml'), join(access, 'config.xml')];
    await keepFile(usersFile, users);
    await keepFile(config, configOf(usersFile));
    this.#root = new Session(this.directory, { connectionArgs: [`--config-file=${config}`] });
  }

  /** What every short connection passes from now on. */
  behind(gate: EngineGate): void {
    this.#gate = gate;
  }

  /** Writes that the system has refused the engine. */
  refusedWrites(): Promise<number> {
    const asked = this.#asking.then(() => (this.#root === undefined ? 0 : refusedWritesOf(this.#root)));
    this.#asking = asked.catch(() => undefined);
    return asked;
  }

  /** Lends a connection of its own, and drops it with all that was `SET` on it. Opening one costs about half a millisecond. */
  use<T>(statement: string, work: (session: Session) => Promise<T>): Promise<T> {
    return this.gate.read(statement, () => this.lend(work));
  }

  /** The same for a statement that writes. @throws {ClickHouseFault} `disk-full`, `write-lost` */
  write<T>(statement: string, work: (session: Session) => Promise<T>): Promise<T> {
    return this.gate.write(statement, (whole) =>
      this.lend(async (session) => {
        const result = await work(session);
        await whole(() => refusedWritesOf(session));
        return result;
      }),
    );
  }

  /** Lets the engine go. The lanes must be closed before, and nobody may be here. */
  close(): void {
    this.#root?.close();
    this.#root = undefined;
  }

  private async lend<T>(work: (session: Session) => Promise<T>): Promise<T> {
    const session = new Session(this.directory);
    return work(session).finally(() => session.close());
  }

  private get gate(): EngineGate {
    if (!this.#gate) throw new ClickHouseFault('engine-closed', 'The store is not open yet.');
    return this.#gate;
  }
}

function configOf(usersFile: string): string {
  // Statistics of every column of every part serve joins of big tables. Here they would be a third of the cost of merging small parts.
  const merging = '<merge_tree><auto_statistics_types></auto_statistics_types></merge_tree>';
  const room = `<disks><default><keep_free_space_bytes>${roomLeftAlone}</keep_free_space_bytes></default></disks>`;
  // A refresh of a view holds one of these threads until it is done, and merges need one to begin. There are as many as cores by default: the
  // views of one large shop would keep those of all others waiting.
  const threads = `<background_schedule_pool_size>16</background_schedule_pool_size>`;
  const from = `<users_config>${escapeXml(usersFile)}</users_config>`;
  return `<clickhouse>${from}${threads}${merging}<storage_configuration>${room}</storage_configuration></clickhouse>\n`;
}

/** Written only where it says something else: on a full disk it would be cut short, and the engine could not be opened again. */
async function keepFile(path: string, text: string): Promise<void> {
  if ((await readFile(path, 'utf8').catch(() => undefined)) === text) return;
  const beside = `${path}.new`;
  await writeFile(beside, text);
  await rename(beside, path);
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
