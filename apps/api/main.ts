import 'reflect-metadata';
import { readConfig } from '#config';
import { untilStopped } from '#observability';
import { startApi } from './api.js';
import { slices } from './api.config.js';

// Everything is closed by then; a timer that a client of Kafka left behind must not hold the process.
process.exit(await untilStopped('api', () => startApi(readConfig(slices))));
