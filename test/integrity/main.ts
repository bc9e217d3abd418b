import { runMeasures } from '../run-measures.js';
import { badInput } from './bad-input.js';
import { killImport } from './kill-import.js';
import { reimport } from './reimport.js';

process.exitCode = await runMeasures({ 'bad-input': badInput, reimport, 'kill-import': killImport }, process.argv.slice(2));
