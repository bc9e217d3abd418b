// npm run screenshot: makes the picture of the README, docs/images/overview.png. Needs Chromium.
import { runBuilt } from './lib/run-built.mjs';

await runBuilt('test/browser/screenshot.js', { kafka: true });
