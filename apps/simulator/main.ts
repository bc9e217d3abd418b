import 'reflect-metadata';
import { readConfig } from '#config';
import { untilStopped } from '#observability';
import { slices } from './simulator.config.js';
import { startSimulator } from './simulator.js';

// Everything is closed by then; a timer that a client of Kafka left behind must not hold the process.
process.exit(await untilStopped('simulator', () => startSimulator(readConfig(slices))));
