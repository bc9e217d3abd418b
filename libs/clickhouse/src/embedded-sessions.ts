import { Session } from 'chdb';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * The engine has one user, `default`, which holds two roles. A connection begins with both; one for readers goes down to
 * `reader`, which may select and show, and has no right to files, the network, temporary tables or the system. A limit by
 * role and not by `readonly = 1` alone: `SET readonly = DEFAULT` lifts that setting, whatever its constraints say.
 */
const users = `<clickhouse>
  <profiles><default></default></profiles>
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
  readonly #running = new Set<Promise<unknown>>();

  private constructor(
    private readonly directory: string,
    /** Opened with the engine's arguments, and held: they count for the first connection of a process only. */
    private readonly root: Session,
  ) {}

  /** @throws what the engine says when it cannot have the directory */
  static async open(directory: string): Promise<EmbeddedSessions> {
    const access = join(directory, 'access-of-roles');
    await mkdir(access, { recursive: true });
    await writeFile(join(access, 'users.xml'), users);
    const config = join(access, 'config.xml');
    // Statistics of every column of every part serve joins of big tables. Here they would be a third of the cost of merging small parts.
    const merging = '<merge_tree><auto_statistics_types></auto_statistics_types></merge_tree>';
    const from = `<users_config>${escapeXml(join(access, 'users.xml'))}</users_config>`;
    await writeFile(config, `<clickhouse>${from}${merging}</clickhouse>\n`);
    return new EmbeddedSessions(directory, new Session(directory, { connectionArgs: [`--config-file=${config}`] }));
  }

  /** Lends a connection of its own, and drops it with all that was `SET` on it. Opening one costs about half a millisecond. */
  async use<T>(work: (session: Session) => Promise<T>): Promise<T> {
    const session = new Session(this.directory);
    const running = work(session).finally(() => session.close());
    const settled = running.then(
      () => undefined,
      () => undefined,
    );
    this.#running.add(settled);
    void settled.then(() => this.#running.delete(settled));
    return running;
  }

  /** Waits for the short connections, then lets the engine go. The lanes must be closed before. */
  async close(): Promise<void> {
    await Promise.all(this.#running);
    this.root.close();
  }
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
