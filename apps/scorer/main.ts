import 'reflect-metadata';
import { readConfig } from '#config';
import { untilStopped } from '#observability';
import { startScorer } from './scorer.js';
import { slices } from './scorer.config.js';

// Everything is closed by then; a timer that a client of Kafka left behind must not hold the process.
process.exit(await untilStopped('scorer', () => startScorer(readConfig(slices))));
