import { fileURLToPath } from 'node:url';
import { defineProject } from 'vitest/config';

const conditions = ['tideline-source', 'node'];

/** `npx vitest run --config test/e2e/vitest.config.ts`, or as a project of the whole. */
export default defineProject({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    name: 'e2e',
    include: ['test/e2e/**/*.e2e-spec.ts'],
    globalSetup: ['test/e2e/build-page.ts'],
    // A browser and its server share two cores with the rest.
    fileParallelism: false,
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
