import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { nodeFlags } from './node-flags.js';

it.each([
  ['scripts/lib/node-flags.mjs', /nodeFlags = \[(.*?)\]/],
  ['infra/docker/Dockerfile', /ENTRYPOINT \["node", (.*?)\]/],
])('%s runs the product by the flags with which it is measured', (file, words) => {
  const flags = words.exec(readFileSync(file, 'utf8'))?.[1] ?? '';
  expect([...flags.matchAll(/['"](.*?)['"]/g)].map(([, flag]) => flag)).toEqual(nodeFlags);
});
