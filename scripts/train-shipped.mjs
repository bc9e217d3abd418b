// npm run train:shipped -- [--cache DIR] [--evidence]: makes the models in config/models anew, and measures them on the demo's history.
import { runBuilt } from './lib/run-built.mjs';

await runBuilt('test/models/train-shipped.js', { kafka: true });
