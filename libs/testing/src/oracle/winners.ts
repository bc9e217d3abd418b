import { createHash } from 'node:crypto';
import { subjectOf, type Statement } from './verdict.js';

type Kind = Exclude<Statement['kind'], 'tick'>;
type DataOf<K extends Kind> = Extract<Statement, { kind: K }>['data'];

/** All accepted versions of everything, and the one of each entity that counts. */
export class Versions {
  readonly #statements: readonly Statement[];

  constructor(statements: readonly Statement[]) {
    this.#statements = statements;
  }

  /** Every version of a kind. */
  all<K extends Kind>(kind: K): DataOf<K>[] {
    return this.#statements.filter((each) => each.kind === kind).map((each) => each.data as DataOf<K>);
  }

  /** Entity id -> its winner: the highest revision, among equals the highest content hash. Arrival has no say. */
  winners<K extends Kind>(kind: K): Map<string, DataOf<K>> {
    const best = new Map<string, { data: DataOf<K>; hash: string | undefined }>();
    for (const data of this.all(kind)) {
      const id = subjectOf({ kind, data } as Statement) ?? '';
      const leader = best.get(id);
      if (!leader || data.revision > leader.data.revision) {
        best.set(id, { data, hash: undefined });
      } else if (data.revision === leader.data.revision) {
        leader.hash ??= contentHash(leader.data);
        const hash = contentHash(data);
        if (hash > leader.hash) best.set(id, { data, hash });
      }
    }
    return new Map([...best].map(([id, { data }]) => [id, data]));
  }
}

/** First 32 hex digits of SHA-256 over the canonical form of an event's data. */
export function contentHash(data: unknown): string {
  return createHash('sha256').update(canonical(data)).digest('hex').slice(0, 32);
}

/** JSON without blanks, keys sorted at every depth, numbers and texts as `JSON.stringify` prints them. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`).join(',')}}`;
}
