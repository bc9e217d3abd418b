// npm run test:reference: the tests against reference data. Fails when the data is not there.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createGunzip } from 'node:zlib';

const file = join(resolve(process.env.TIDELINE_DATASETS ?? 'datasets'), 'online_retail', 'online_retail.csv.gz');
const wanted = '959c8b3847939247e4007cbbd6dfcf3fdc78bc8236a08eba94565e15679914d8';
if (!existsSync(file)) {
  console.error(`${file} is not there. The README says where to get it; TIDELINE_DATASETS names its folder.`);
  process.exit(1);
}
const hash = createHash('sha256');
for await (const chunk of createReadStream(file).pipe(createGunzip())) hash.update(chunk);
const found = hash.digest('hex');
if (found !== wanted) {
  console.error(`${file} unpacks to another text: SHA-256 ${found}, expected ${wanted}.`);
  process.exit(1);
}
const run = spawnSync('npx', ['vitest', 'run', '--project', 'unit', 'libs/importing/src/online-retail'], { stdio: 'inherit' });
process.exit(run.status ?? 1);
