// npm run test:containers: the integration specs on containers instead of the local broker and the embedded engine.
import { spawnSync } from 'node:child_process';

const engine = spawnSync('docker', ['info'], { stdio: 'ignore' });
if (engine.error || engine.status !== 0) {
  console.log('containers: not run, no Docker engine');
  process.exit(2);
}
// Those that ask for a TestStack; the others start what they need themselves.
const specs = ['test/integration', 'libs/realtime/src/live.int-spec.ts', 'libs/simulation/src/live/simulator.int-spec.ts'];
const run = spawnSync('npx', ['vitest', 'run', '--project', 'integration', ...specs], {
  stdio: 'inherit',
  env: { ...process.env, TIDELINE_TEST_STACK: 'containers' },
});
process.exit(run.status ?? 1);
