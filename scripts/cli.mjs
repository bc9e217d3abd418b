// npm run -s cli -- ...: the command line.
import { runBuilt } from './lib/run-built.mjs';

await runBuilt('apps/cli/main.js');
