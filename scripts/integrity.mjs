// npm run test:integrity -- [bad-input reimport kill-import kills fence broker network disk schema clock overload properties processes silence alert-replay restart-world simulate-import]: the long proofs.
import { runBuilt } from './lib/run-built.mjs';

await runBuilt('test/integrity/main.js', { kafka: true });
