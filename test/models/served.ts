import { importFiles, Instance, ProductProcess } from '#testing';
import { randomUUID } from 'node:crypto';
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
 * Imports a shop's history into an instance of its own, then serves it from the store alone: broker and refresher would take processor
 * time from the training.
 * @param place where the data lies. A history that is there whole is taken as it is: minutes of importing are saved
 * @param look gets the address of the read-only listener
 */
export async function served<T>(shop: ServedShop, place: string, look: (store: string) => Promise<T>): Promise<T> {
  const [data, whole] = [join(place, 'data'), join(place, '.whole')];
  if (!existsSync(whole)) {
    await rm(place, { recursive: true, force: true });
    await mkdir(join(place, 'files'), { recursive: true });
    await imported(shop, place, data);
    await writeFile(whole, '');
  }
  const port = await freePort();
  const store = await ProductProcess.start('store', {
    TIDELINE_DATA: data,
    TIDELINE_STORE_PORT: String(port),
    TIDELINE_STORE_WRITE_PORT: '0',
    // Nobody writes; the listener for it asks for a password all the same.
    TIDELINE_STORE_SECRET: randomUUID(),
  });
  try {
    return await look(`http://127.0.0.1:${port}`);
  } finally {
    await store.end();
  }
}

async function imported(shop: ServedShop, place: string, data: string): Promise<void> {
  const begun = performance.now();
  const files = await shop.files(join(place, 'files'));
  const instance = await Instance.start(data);
  try {
    const result = await importFiles(instance.url, shop.name, shop.mapping, files, join(place, 'rejects.csv'));
    const lost = result.rejectedRows + result.deadLetters;
    const seconds = ((performance.now() - begun) / 1_000).toFixed(0);
    process.stderr.write(`  ${shop.name}: ${result.events} events imported in ${seconds} s; ${lost} rows or messages were not used\n`);
  } finally {
    await instance.stop();
  }
}
