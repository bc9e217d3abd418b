import { alertRuleBody, type AlertRule } from '#contracts';
import type { StoredRule } from '#warehouse';
import { RuleBook, type RuleRevision } from './rules.js';

/** What the store has of a shop's rules. A field that a later version added has its default in what was stored before. */
export function ruleBookOf(stored: readonly StoredRule[]): RuleBook {
  return new RuleBook(
    stored.map(({ rule, revision, from, by, body }) => ({ ...alertRuleBody.parse(JSON.parse(body)), id: rule, revision, from, by })),
  );
}

/** A rule as the API shows it. */
export function shownRule({ from, ...rule }: RuleRevision): AlertRule {
  return { ...rule, from: Number.isFinite(from) ? new Date(from).toISOString() : null };
}
