import js from '@eslint/js';
import { dirname, relative, resolve, sep } from 'node:path';
import tseslint from 'typescript-eslint';

/**
 * Which libs a lib may import. Imports point one way: apps -> features -> warehouse, streaming, clock -> engine and edges ->
 * contracts. A feature never imports another feature: they meet on a topic or in the warehouse.
 */
const ground = ['contracts'];
const edges = [...ground, 'config', 'observability', 'clickhouse', 'http'];
const middle = [...edges, 'warehouse', 'streaming', 'clock', 'statistics', 'life-cycle'];
export const layers = {
  contracts: [],
  'life-cycle': ground,
  config: ground,
  observability: ['contracts', 'config', 'http'],
  clickhouse: ['contracts', 'config', 'observability'],
  http: ['contracts', 'config'],
  clock: edges,
  statistics: [],
  streaming: edges,
  warehouse: [...edges, 'clock'],
  alarms: [...edges, 'warehouse', 'life-cycle'],
  ingestion: [...middle, 'alarms'],
  analytics: middle,
  alerts: middle,
  delivery: [...middle, 'alarms'],
  realtime: middle,
  importing: middle,
  // A replay is an intake of the pipeline: the same writer, the same refresher (docs/adr/0016).
  replay: [...middle, 'ingestion'],
  scoring: middle,
  simulation: [...ground, 'config', 'observability', 'streaming', 'clock'],
  testing: [...middle, 'alarms', 'ingestion', 'analytics', 'alerts', 'importing', 'realtime', 'replay', 'scoring', 'simulation'],
};

/** Specs, and what only they share. */
const specs = ['**/*.spec.ts', '**/*.int-spec.ts', '**/*.e2e-spec.ts', '**/*.testing.ts'];

/** The lib or app that a path lies in (`libs/clock`), or its top folder outside of those. */
function unitOf(path) {
  const parts = relative(import.meta.dirname, path).split(sep);
  return parts.slice(0, ['libs', 'apps'].includes(parts[0]) ? 2 : 1).join('/');
}

/**
 * A path never leaves its lib or app. A rule of its own: how many `../` lead out depends on the file's folder, which the
 * patterns of no-restricted-imports do not see.
 */
const stayInside = {
  meta: {
    type: 'problem',
    schema: [],
    messages: { leaves: 'This path leaves {{unit}}: import another lib by its name (#lib); nobody imports an app.' },
  },
  create(context) {
    const unit = unitOf(context.filename);
    const check = (node) => {
      const path = node.source?.value;
      if (typeof path !== 'string' || !/^\.{0,2}\//.test(path)) return;
      if (unitOf(resolve(dirname(context.filename), path)) !== unit) context.report({ node, messageId: 'leaves', data: { unit } });
    };
    return {
      ImportDeclaration: check,
      ExportNamedDeclaration: check,
      ExportAllDeclaration: check,
      ImportExpression: check,
      TSImportType: check,
    };
  },
};

const environment = 'Only libs/config reads the environment: declare a slice and inject its values.';
const noEnvironment = [
  'MemberExpression[object.name="process"][property.name="env"]',
  'MemberExpression[object.name="process"][property.value="env"]',
  'MemberExpression[object.name=/^(globalThis|global)$/][property.name="process"]',
  'VariableDeclarator[init.name="process"] > ObjectPattern',
  'ImportDeclaration[source.value=/^(node:)?process$/]',
].map((selector) => ({ selector, message: environment }));

/**
 * The import directions of one lib, or of the apps, as rules: static imports, and those that are evaluated late. Of a lib that may be imported
 * its settings may be by themselves (`#http/config`), without all that the lib brings along.
 */
function directions(unit, allowed) {
  const regex = `^#(?!(${allowed.join('|') || '-'})(\\Wconfig)?$)`;
  const message = `${unit} may import: ${allowed.map((lib) => `#${lib}`).join(', ') || 'nothing of ours'}.`;
  return {
    'no-restricted-imports': ['error', { patterns: [{ regex, message }] }],
    'no-restricted-syntax': [
      'error',
      ...(unit === 'libs/config' ? [] : noEnvironment),
      ...['ImportExpression', 'TSImportType'].map((node) => ({ selector: `${node}[source.value=/${regex}/]`, message })),
    ],
  };
}

const layerRules = [
  ...Object.entries(layers).map(([lib, allowed]) => ({
    files: [`libs/${lib}/**/*.ts`],
    ignores: specs,
    rules: directions(`libs/${lib}`, allowed),
  })),
  {
    files: ['apps/**/*.ts'],
    ignores: specs,
    rules: directions(
      'apps',
      Object.keys(layers).filter((lib) => lib !== 'testing'),
    ),
  },
  // The page runs in a browser: of ours it imports what crosses the wire, and nothing else. Last, so that it outranks the apps.
  { files: ['apps/dashboard/**/*.{ts,tsx}'], ignores: specs, rules: directions('apps/dashboard', ground) },
];

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', '.cache/', '.data/', 'datasets/', 'docs/'] },
  js.configs.recommended,
  {
    files: ['**/*.{ts,tsx}'],
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
    files: ['apps/**/*.{ts,tsx}', 'libs/**/*.ts', 'test/**/*.ts'],
    plugins: { tideline: { rules: { 'stay-inside': stayInside } } },
    rules: { 'tideline/stay-inside': 'error' },
  },
  { files: ['test/**/*.ts'], ignores: specs, rules: { 'no-restricted-syntax': ['error', ...noEnvironment] } },
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
    files: ['apps/dashboard/public/*.js'],
    languageOptions: { globals: { document: 'readonly', localStorage: 'readonly', matchMedia: 'readonly' } },
  },
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
