import 'reflect-metadata';
import { readConfig } from '#config';
import { untilStopped } from '#observability';
import { startIngestor } from './ingestor.js';
import { slices } from './ingestor.config.js';

// Everything is closed by then; a timer that a client of Kafka left behind must not hold the process.
process.exit(await untilStopped('ingestor', () => startIngestor(readConfig(slices))));
