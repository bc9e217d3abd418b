import { defineConfig } from 'vitest/config';

// `#lib` imports run from the source, not from the build. Node gets these conditions too, so none may stand here that
// would hand CommonJS packages one another's ES modules.
const conditions = ['tideline-source', 'node'];
const source = { resolve: { conditions }, ssr: { resolve: { conditions, externalConditions: conditions } } };
/** Ends what hangs, and nothing else: a machine that is half as fast changes no verdict. */
const testTimeout = 400_000;
const engine = {
  pool: 'forks',
  // One engine per process and two cores: one file at a time. The process is the same, for to load the program takes seconds.
  isolate: false,
  fileParallelism: false,
  env: { UV_THREADPOOL_SIZE: '16' },
  testTimeout,
  hookTimeout: testTimeout,
} as const;

/**
 * Specs that `npm test` runs beside those of broker and processes, which wait half of the time: all over the engine alone, and of those with
 * a broker some that time nothing, so that both rows take as long.
 */
const beside = [
  'libs/{scoring,warehouse}/**/*.int-spec.ts',
  'libs/testing/src/{compare,log}/*.int-spec.ts',
  'libs/ingestion/src/recount/*.int-spec.ts',
  'libs/{alarms,alerts,replay,simulation}/**/*.int-spec.ts',
  'test/integration/{rebuild,replay}.int-spec.ts',
  'test/integrity/simulate-import.int-spec.ts',
  'libs/analytics/src/demand/demand.int-spec.ts',
];

export default defineConfig({
  test: {
    projects: [
      {
        ...source,
        // One process for all of them: to load the program anew for each file took a third of their time. Of projects that run together
        // all must have as many processes.
        test: {
          name: 'unit',
          include: ['{apps,libs,scripts,test}/**/*.spec.{ts,mjs}'],
          exclude: ['test/integrity/**'],
          isolate: false,
          fileParallelism: false,
          testTimeout,
          hookTimeout: testTimeout,
        },
      },
      {
        ...source,
        test: {
          name: 'integration',
          include: ['{apps,libs,test}/**/*.int-spec.ts'],
          exclude: beside,
          ...engine,
        },
      },
      { ...source, test: { name: 'engine', include: beside, ...engine } },
      {
        ...source,
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.e2e-spec.ts'],
          globalSetup: ['test/e2e/build-page.ts'],
          // A browser and its server share two cores with the rest.
          fileParallelism: false,
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
