/**
 * What a reader may ask, decided on text that the engine's own parser has written anew (`formatQuerySingleLine`): one
 * statement, no comments, every spelling made plain. The roles of the engine keep readers from writing; what is refused
 * here is what a role does not reach: session statements, files by way of `file()` and `INTO OUTFILE`, and a setting put
 * back to its default (`= DEFAULT`), which the engine lets pass under `readonly = 1`.
 */
export function refusalOf(canonical: string, denied: DeniedNames): string | undefined {
  const tokens = tokensOf(canonical);
  const first = tokens.find((token) => token.text !== '(');
  if (first?.kind !== 'word' || !readingStatements.has(first.text.toUpperCase())) {
    return `${first?.text ?? 'An empty statement'} is not a statement that reads`;
  }
  for (const [index, token] of tokens.entries()) {
    if (token.kind !== 'word' && token.kind !== 'quoted') continue;
    const before = tokens[index - 1];
    const after = tokens[index + 1];
    const word = token.kind === 'word' ? token.text.toUpperCase() : '';
    if (word === 'INTO') return 'INTO OUTFILE writes a file';
    if (word === 'DEFAULT' && before?.text === '=') return 'a setting cannot be put back to its default';
    if (word === 'PARALLEL' && after?.text.toUpperCase() === 'WITH') return 'PARALLEL WITH is not a statement that reads';
    const name = token.text.toLowerCase();
    if (denied.functions.has(name) || (after?.text === '(' && denied.tableFunctions.has(name))) {
      return `the function ${token.text} reaches outside the store`;
    }
  }
  return undefined;
}

/** Names in lower case that reach files, the network or other programs. */
export interface DeniedNames {
  /** Refused where they are called; a column may have such a name. */
  readonly tableFunctions: ReadonlySet<string>;
  /** Refused wherever they are named: a function is also handed on without being called, `arrayMap(file, [...])`. */
  readonly functions: ReadonlySet<string>;
}

/** Table functions that read nothing but what the store holds or what the statement says. All others are denied. */
export const harmlessTableFunctions: ReadonlySet<string> = new Set([
  'format',
  'generate_series',
  'generaterandom',
  'generateseries',
  'merge',
  'null',
  'numbers',
  'numbers_mt',
  'one',
  'values',
  'view',
  'viewifpermitted',
  'zeros',
  'zeros_mt',
]);

/** Ordinary functions that reach outside, and that the engine has in no list of their own. */
export const outwardFunctions: readonly string[] = ['file', 'catboostevaluate'];

const readingStatements: ReadonlySet<string> = new Set(['SELECT', 'WITH', 'SHOW', 'DESCRIBE', 'DESC', 'EXISTS', 'EXPLAIN']);

interface Token {
  readonly kind: 'word' | 'quoted' | 'string' | 'symbol';
  readonly text: string;
}

/** Words, quoted identifiers, strings and single symbols. A quotation that does not end is taken to the end. */
function tokensOf(text: string): Token[] {
  const pattern = /([A-Za-z_][\w$]*)|`((?:\\.|``|[^`\\])*)`?|"((?:\\.|""|[^"\\])*)"?|'((?:\\.|''|[^'\\])*)'?|\d[\w.]*|\S/gs;
  return [...text.matchAll(pattern)].map((match): Token => {
    const [whole, word, backticked, quoted, string] = match;
    if (word !== undefined) return { kind: 'word', text: word };
    const identifier = backticked ?? quoted;
    if (identifier !== undefined) return { kind: 'quoted', text: identifier };
    return string === undefined ? { kind: 'symbol', text: whole } : { kind: 'string', text: '' };
  });
}
