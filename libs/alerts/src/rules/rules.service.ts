import type { AlertRule, AlertRuleBody } from '#contracts';
import type { AlertRuleRepository, Shop } from '#warehouse';
import { AlertsError } from '../alerts.errors.js';
import type { RuleBook } from './rules.js';
import { ruleBookOf, shownRule } from './stored-rules.js';

/** Rules of a shop, read and put. */
export class RulesService {
  constructor(
    private readonly rules: AlertRuleRepository,
    /** The shop's time, Unix milliseconds; null while it has none. */
    private readonly clock: (shop: Shop) => Promise<number | null>,
  ) {}

  async list(shop: Shop): Promise<AlertRule[]> {
    return (await this.book(shop)).newest().map(shownRule);
  }

  /** @throws {AlertsError} `rule-unknown` */
  async find(shop: Shop, id: string): Promise<AlertRule> {
    const book = await this.book(shop);
    const rule = book.find(id);
    if (rule) return shownRule(rule);
    const known = book.newest().map((each) => each.id);
    throw new AlertsError('rule-unknown', `${shop.shop} has no rule ${id}. There are: ${known.join(', ')}.`);
  }

  /**
   * Puts the next revision of a rule, or the first one. Decisions of the shop's time from now on follow it; before the shop has a time,
   * all do.
   * @throws {AlertsError} `rule-changed` when somebody put another revision since `body.revision` was read
   */
  async put(shop: Shop, id: string, body: AlertRuleBody, by: string): Promise<AlertRule> {
    const current = refuseOther(await this.book(shop), id, body.revision);
    const revision = current + 1;
    const from = (await this.clock(shop)) ?? 0;
    await this.rules.add(shop, { rule: id, revision, from, by, body: JSON.stringify({ ...body, revision }) });
    return this.find(shop, id);
  }

  /**
   * Every revision of a shop's rules, once it is sure that the rule stands as who asks has seen it.
   * @throws {AlertsError} `rule-changed` as `put` does
   */
  async standing(shop: Shop, id: string, revision: number): Promise<RuleBook> {
    const book = await this.book(shop);
    refuseOther(book, id, revision);
    return book;
  }

  private async book(shop: Shop): Promise<RuleBook> {
    return ruleBookOf(await this.rules.all(shop));
  }
}

/** @returns the revision that stands */
function refuseOther(book: RuleBook, id: string, revision: number): number {
  const before = book.find(id);
  const current = before?.revision ?? 0;
  if (revision !== current) {
    const who = before ? `${before.by} put revision ${current}` : 'there is none yet, which is revision 0';
    throw new AlertsError('rule-changed', `Rule ${id} is not at revision ${revision}: ${who}. Read it again, then put your change.`);
  }
  return current;
}
