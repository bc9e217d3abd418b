import { alertRuleBody, type AlertRule, type AlertRuleBody } from '#contracts';

/** A revision of a rule; `from` as Unix milliseconds, -Infinity for one that was always there. */
export type RuleRevision = Omit<AlertRule, 'from'> & { readonly from: number };

/**
 * What a shop has before anybody says otherwise: customers who become likely to be gone. Not those with one order: most of them never come
 * back in any shop, so the alert would tell of everybody who has just bought for the first time.
 */
export const defaultRule: RuleRevision = {
  id: 'churn-high',
  from: -Infinity,
  by: 'default',
  ...alertRuleBody.parse({ name: 'Likely to be gone', band: 'high', minOrders: 2, revision: 0 } satisfies Partial<AlertRuleBody>),
};

/** Every revision of every rule of a shop, the default among them unless it was replaced from the beginning. */
export class RuleBook {
  readonly #revisions: ReadonlyMap<string, readonly RuleRevision[]>;

  constructor(stored: readonly RuleRevision[]) {
    const revisions = new Map<string, RuleRevision[]>();
    for (const rule of [defaultRule, ...stored]) revisions.set(rule.id, [...(revisions.get(rule.id) ?? []), rule]);
    for (const each of revisions.values()) each.sort((a, b) => a.revision - b.revision);
    this.#revisions = revisions;
  }

  /** The newest revision of each rule, by id. */
  newest(): RuleRevision[] {
    return [...this.#revisions.values()].flatMap((each) => each.slice(-1)).sort(byId);
  }

  everyRevision(): RuleRevision[] {
    return [...this.#revisions.values()].flat();
  }

  find(id: string): RuleRevision | undefined {
    return this.#revisions.get(id)?.at(-1);
  }

  /**
   * The rules that decisions of an instant follow, by id, switched off ones left out: of each the highest revision that was said by
   * then. So a decision that comes late follows the rules of its own time.
   */
  at(instant: number): RuleRevision[] {
    return [...this.#revisions.values()]
      .flatMap((each) => each.findLast(({ from }) => from <= instant) ?? [])
      .filter(({ on }) => on)
      .sort(byId);
  }
}

/** By code units: the order of rules decides which of two alerts comes first, so it must not hang on a locale. */
function byId(a: RuleRevision, b: RuleRevision): number {
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}
