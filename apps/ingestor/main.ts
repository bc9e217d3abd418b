import 'reflect-metadata';
import { readConfig } from '#config';
import { untilStopped } from '#observability';
import { startIngestor } from './ingestor.js';
import { slices } from './ingestor.config.js';

process.exitCode = await untilStopped('ingestor', () => startIngestor(readConfig(slices)));
