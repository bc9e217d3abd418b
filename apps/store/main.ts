import { readConfig } from '#config';
import { untilStopped } from '#observability';
import { slices } from './store.config.js';
import { startStore } from './store.js';

// Everything is closed by then; a timer that a client of Kafka left behind must not hold the process.
process.exit(
  await untilStopped('store', async () => {
    const store = await startStore(readConfig(slices));
    return { ready: `${store.writeUrl}${store.readUrl === undefined ? '' : `   readers: ${store.readUrl}`}`, stop: () => store.stop() };
  }),
);
