import { ImportError, InstanceClient } from '#importing';
import type { Logger } from '#observability';
import { demoSettings, demoShop } from '#simulation';
import { setTimeout as sleep } from 'node:timers/promises';

/** All processes may be started at once: the API is waited for this long. */
const patienceMs = 30_000;
const retryMs = 500;

/**
 * Has the API make the shop, as every producer does; that it is there already changes nothing.
 * @throws {ImportError} `instance-unreachable` when no API answers there; `instance-refused` when the shop has other settings, or the
 * token may not make one
 */
export async function registerShop(url: string, secret: string | undefined, log: Logger): Promise<void> {
  const client = new InstanceClient(url, secret);
  const deadline = performance.now() + patienceMs;
  for (;;) {
    try {
      await client.putShop(demoShop, demoSettings);
      return;
    } catch (error) {
      if (!(error instanceof ImportError && error.retryable)) throw error;
      if (performance.now() > deadline)
        throw new ImportError(
          'instance-unreachable',
          `No API answers at ${url}, so nobody makes the shop ${demoShop}. Start apps/api, or name yours in TIDELINE_API_URL.`,
        );
      log.info({ url }, 'waiting for the API');
      await sleep(retryMs);
    }
  }
}
