import { InstanceClient } from '#importing';
import { InvalidArgumentError } from 'commander';

/** What `--url` is without being said. */
export const urlHelp = 'the running instance (default: http://127.0.0.1 at TIDELINE_PORT, 7070)';

/** The value of `--url`: one that is none would be taken for an instance that does not answer. */
export function parseUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:')
    throw new InvalidArgumentError(`"${text}" is not an address such as http://127.0.0.1:7070.`);
  return text;
}

/** A client of the running instance, with its token where it needs one. Loaded late: `--help` asks nobody, and the settings bring Nest along. */
export async function instanceAt(url: string | undefined): Promise<InstanceClient> {
  const [{ readConfig }, { httpConfig }] = await Promise.all([import('#config'), import('#http')]);
  const { TIDELINE_PORT, TIDELINE_SECRET } = readConfig([httpConfig], undefined, { strict: false }).get(httpConfig);
  return new InstanceClient(url ?? `http://127.0.0.1:${TIDELINE_PORT}`, TIDELINE_SECRET);
}
