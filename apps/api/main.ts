import 'reflect-metadata';
import { readConfig } from '#config';
import { untilStopped } from '#observability';
import { startApi } from './api.js';
import { slices } from './api.config.js';

process.exitCode = await untilStopped('api', () => startApi(readConfig(slices)));
