import js from '@eslint/js';
import tseslint from 'typescript-eslint';

/**
 * Which libs a lib may import. Imports point one way: apps -> features -> warehouse, streaming, clock -> engine and edges ->
 * contracts. A feature never imports another feature: they meet on a topic or in the warehouse.
 */
const ground = ['contracts'];
const edges = [...ground, 'config', 'observability', 'clickhouse', 'http'];
const middle = [...edges, 'warehouse', 'streaming', 'clock'];
export const layers = {
  contracts: [],
  config: ground,
  observability: ['contracts', 'config'],
  clickhouse: ['contracts', 'config', 'observability'],
  http: ['contracts', 'config', 'observability'],
  clock: edges,
  streaming: edges,
  warehouse: [...edges, 'clock'],
  ingestion: middle,
  analytics: middle,
  importing: middle,
  testing: [...middle, 'ingestion', 'analytics', 'importing'],
};

const libs = Object.keys(layers);
const layerRules = libs.map((lib) => {
  const forbidden = libs.filter((other) => other !== lib && !layers[lib].includes(other));
  return {
    files: [`libs/${lib}/**/*.ts`],
    ignores: lib === 'testing' ? [] : ['**/*.spec.ts', '**/*.int-spec.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            ...(forbidden.length > 0
              ? [
                  {
                    regex: `^#(${forbidden.join('|')})$`,
                    message: `libs/${lib} may import: ${layers[lib].join(', ') || 'nothing of ours'}.`,
                  },
                ]
              : []),
            { regex: '^(\\.\\./)+(apps|libs)/|/libs/|/apps/|dist/', message: 'Another lib is imported by its name (#lib), never by path.' },
          ],
        },
      ],
    },
  };
});

const noEnvironment = {
  selector: 'MemberExpression[object.name="process"][property.name="env"]',
  message: 'Only libs/config reads the environment: declare a slice and inject its values.',
};

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', '.cache/', '.data/', 'datasets/', 'docs/'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      // A Nest module is a class without members.
      '@typescript-eslint/no-extraneous-class': 'off',
      'no-control-regex': 'off',
      'no-void': 'off',
    },
  },
  {
    files: ['apps/**/*.ts', 'libs/**/*.ts'],
    ignores: ['libs/config/**', '**/*.spec.ts', '**/*.int-spec.ts'],
    rules: { 'no-restricted-syntax': ['error', noEnvironment] },
  },
  {
    files: ['apps/**/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            { regex: '^(\\.\\./)+[a-z-]+/', message: 'Nobody imports an app.' },
            { regex: '/libs/|dist/', message: 'A lib is imported by its name (#lib).' },
          ],
        },
      ],
    },
  },
  {
    files: ['libs/**/*.ts'],
    rules: {
      'no-restricted-exports': [
        'error',
        { restrictDefaultExports: { direct: true, named: true, defaultFrom: true, namedFrom: true, namespaceFrom: true } },
      ],
    },
  },
  ...layerRules,
  {
    files: ['**/*.mjs'],
    languageOptions: {
      globals: {
        console: 'readonly',
        process: 'readonly',
        URL: 'readonly',
        fetch: 'readonly',
        setTimeout: 'readonly',
        setInterval: 'readonly',
        clearInterval: 'readonly',
        clearTimeout: 'readonly',
        performance: 'readonly',
        Buffer: 'readonly',
        AbortSignal: 'readonly',
      },
    },
  },
);
