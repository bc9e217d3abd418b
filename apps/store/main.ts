import { readConfig } from '#config';
import { untilStopped } from '#observability';
import { slices } from './store.config.js';
import { startStore } from './store.js';

process.exitCode = await untilStopped('store', async () => {
  const store = await startStore(readConfig(slices));
  return { ready: `${store.writeUrl}${store.readUrl === undefined ? '' : `   readers: ${store.readUrl}`}`, stop: () => store.stop() };
});
