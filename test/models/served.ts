import { importFiles, Instance } from '#testing';
import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '../integrity/processes.js';

/** A shop whose history is made, imported and served, for the trainer to read. */
export interface ServedShop {
  /** Its name in the instance, and that of its folder. */
  readonly name: string;
  /** A mapping that ships, or the path of one. */
  readonly mapping: string;
  /** Makes the files to be imported. @param folder an empty one, for what is written */
  readonly files: (folder: string) => Promise<readonly string[]>;
}

/**
 * Imports a shop's history into an instance of its own and hands over the address of its read-only listener.
 * @param place where the instance's data lies. A history that is there whole is taken as it is: minutes of importing are saved
 */
export async function served<T>(shop: ServedShop, place: string, look: (store: string) => Promise<T>): Promise<T> {
  const [data, whole] = [join(place, 'data'), join(place, '.whole')];
  const known = existsSync(whole);
  if (!known) await rm(place, { recursive: true, force: true });
  await mkdir(join(place, 'files'), { recursive: true });
  const files = known ? [] : await shop.files(join(place, 'files'));
  const port = await freePort();
  const instance = await Instance.start(data, { TIDELINE_STORE_PORT: String(port) });
  try {
    if (!known) {
      const begun = performance.now();
      const { events, rejectedRows, deadLetters } = await importFiles(
        instance.url,
        shop.name,
        shop.mapping,
        files,
        join(place, 'rejects.csv'),
      );
      if (rejectedRows + deadLetters > 0)
        process.stderr.write(`  ${shop.name}: ${rejectedRows} rows were not used, ${deadLetters} messages are dead letters\n`);
      process.stderr.write(`  ${shop.name}: ${events} events imported in ${((performance.now() - begun) / 1_000).toFixed(0)} s\n`);
      await writeFile(whole, '');
    }
    return await look(`http://127.0.0.1:${port}`);
  } finally {
    await instance.stop();
  }
}
