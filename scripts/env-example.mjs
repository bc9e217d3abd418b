// Writes .env.example and the list of all names from the settings that the programs read, or with --check fails when one differs.
import { readFileSync, writeFileSync } from 'node:fs';
import { slices as ofApi } from '../dist/apps/api/api.config.js';
import { slices as ofIngestor } from '../dist/apps/ingestor/ingestor.config.js';
import { slices as ofScorer } from '../dist/apps/scorer/scorer.config.js';
import { slices as ofSimulator } from '../dist/apps/simulator/simulator.config.js';
import { slices as ofStore } from '../dist/apps/store/store.config.js';
import { slices } from '../dist/apps/tideline/tideline.config.js';
import { envExample } from '../dist/libs/config/src/index.js';

const everywhere = [slices, ofApi, ofIngestor, ofScorer, ofSimulator, ofStore].flat();
const names = [...new Set(everywhere.flatMap(({ shape }) => Object.keys(shape)))].sort();
const list = `/** Every setting of every process of the product. Made by: npm run env:example */
export const settingNames: readonly string[] = [
${names.map((name) => `  '${name}',\n`).join('')}];
`;
const files = [
  ['.env.example', envExample(slices)],
  ['libs/config/src/setting-names.data.ts', list],
];
for (const [file, text] of files) {
  if (!process.argv.includes('--check')) writeFileSync(file, text);
  else if (readFileSync(file, 'utf8') !== text) {
    console.error(`${file} differs from the settings. Run: npm run env:example`);
    process.exitCode = 1;
  }
}
