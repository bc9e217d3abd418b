import type { Sql } from './sql.js';

/** Statements that write one table, its name as `ident` spells it; of inserts the engine's own seam gives no more than that. */
const writing = /^\s*(?:INSERT INTO|DELETE FROM|TRUNCATE TABLE|ALTER TABLE)\s+(`[\w.]+`\.`[\w.]+`)/i;
/** What the engine is told to do by itself: views are refreshed so, and nobody looks again and again at a view. */
const telling = /^\s*SYSTEM\b/i;

/** How often tables were written, by whoever has an engine for himself. */
export class Writes {
  readonly #of = new Map<string, number>();
  /** By statements of which it is not known what they write. */
  #any = 0;

  /** A statement ended, well or not: it may have been carried out. */
  add(statement: string): void {
    const table = writing.exec(statement)?.[1];
    if (table !== undefined) this.#of.set(table, (this.#of.get(table) ?? 0) + 1);
    else if (!telling.test(statement)) this.#any += 1;
  }

  /** Tables may hold something else than before. */
  addAny(): void {
    this.#any += 1;
  }

  to(tables: readonly Sql[]): number {
    return tables.reduce((sum, { text }) => sum + (this.#of.get(text) ?? 0), this.#any);
  }
}

/**
 * Answers of the store, each of which stands until one of its tables is written: whoever looks again and again gets it without asking. Where
 * other processes may write, it is asked each time.
 */
export class Standing<Answer> {
  readonly #last = new Map<string, { readonly writes: number; readonly answer: Answer }>();

  constructor(private readonly engine: { writesTo(...tables: readonly Sql[]): number | undefined }) {}

  /** @param about names the question among those of one `Standing`: a shop's database */
  async get(about: string, tables: readonly Sql[], ask: () => Promise<Answer>): Promise<Answer> {
    // Before it is asked: what is written meanwhile may be in the answer or not.
    const writes = this.engine.writesTo(...tables);
    const last = this.#last.get(about);
    if (last && last.writes === writes) return last.answer;
    const answer = await ask();
    if (writes !== undefined) this.#last.set(about, { writes, answer });
    return answer;
  }
}
