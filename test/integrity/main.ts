import { runMeasures } from '../run-measures.js';
import { badInput } from './bad-input.js';
import { killImport } from './kill-import.js';
import { kills } from './kills/kills.js';
import { properties } from './properties/properties.js';
import { reimport } from './reimport.js';

process.exitCode = await runMeasures(
  { 'bad-input': badInput, reimport, 'kill-import': killImport, kills, properties },
  process.argv.slice(2),
);
