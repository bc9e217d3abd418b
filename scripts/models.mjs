// npm run test:models -- [--profile seed|rich|all] [--seeds a,b,c] [--reference] [--shapes a,b|all] [--kind churn|clv|all]: models against their bars.
import { runBuilt } from './lib/run-built.mjs';

await runBuilt('test/models/main.js', { kafka: true });
