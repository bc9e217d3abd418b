// Writes .env.example from the settings that the program reads, or with --check fails when it differs.
import { readFileSync, writeFileSync } from 'node:fs';
import { slices } from '../dist/apps/tideline/tideline.config.js';
import { envExample } from '../dist/libs/config/src/index.js';

const text = envExample(slices);
if (!process.argv.includes('--check')) writeFileSync('.env.example', text);
else if (readFileSync('.env.example', 'utf8') !== text) {
  console.error('.env.example differs from the settings. Run: npm run env:example');
  process.exit(1);
}
