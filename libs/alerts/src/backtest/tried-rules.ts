import type { BacktestBody } from '#contracts';
import type { StoredRule } from '#warehouse';
import { defaultRule, type RuleBook, type RuleRevision } from '../rules/rules.js';

/** The tried rule among those that a shop has now, all of them in force from the beginning. */
export interface TriedRules {
  /** As if it had been put: in the place of the one with its id. */
  readonly saved: readonly StoredRule[];
  /** As if there were no other. */
  readonly alone: readonly StoredRule[];
  /** Each current rule that is on, as if there were no other. */
  readonly current: readonly { readonly rule: RuleRevision; readonly alone: readonly StoredRule[] }[];
}

/** @param body is tried as if it were on: what is off sends nothing */
export function triedRules(book: RuleBook, { rule, weeks: _weeks, ...body }: BacktestBody): TriedRules {
  const current = book.newest();
  const tried = stored(rule, body.revision + 1, { ...body, on: true });
  const others = current.filter(({ id }) => id !== rule).map(asStored);
  return {
    saved: [...others, tried],
    alone: only(tried),
    current: current.filter(({ on }) => on).map((each) => ({ rule: each, alone: only(asStored(each)) })),
  };
}

/** Every shop has the default rule unless it was replaced: where it is not meant it is off. */
function only(rule: StoredRule): StoredRule[] {
  return rule.rule === defaultRule.id ? [rule] : [stored(defaultRule.id, 1, { ...bodyOf(defaultRule), revision: 1, on: false }), rule];
}

function asStored(rule: RuleRevision): StoredRule {
  // The default as it comes counts as a revision of it like any other.
  return stored(rule.id, Math.max(rule.revision, 1), bodyOf(rule));
}

function bodyOf({ id: _id, from: _from, by: _by, ...body }: RuleRevision): object {
  return body;
}

function stored(rule: string, revision: number, body: object): StoredRule {
  return { rule, revision, from: 0, by: 'backtest', body: JSON.stringify({ ...body, revision }) };
}
