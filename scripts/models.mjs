// npm run test:models -- [--profile seed|rich|all] [--seeds a,b,c] [--kind churn|clv|demand|all] [--no-reference] [--cache DIR]: models against their bars.
import { runBuilt } from './lib/run-built.mjs';

await runBuilt('test/models/main.js', { kafka: true });
