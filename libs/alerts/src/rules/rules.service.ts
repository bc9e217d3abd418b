import type { AlertRule, AlertRuleBody } from '#contracts';
import type { AlertRuleRepository, Shop } from '#warehouse';
import { AlertsError } from '../alerts.errors.js';
import type { RuleBook, RuleRevision } from './rules.js';
import { ruleBookOf, shownRule } from './stored-rules.js';

/** Rules of a shop, read and put. */
export class RulesService {
  #lastPut: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly rules: Pick<AlertRuleRepository, 'all' | 'add'>,
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
   * all do. One is put after the other: between look and write lies a pause in which a second one would see what the first one saw.
   * @throws {AlertsError} `rule-changed` when somebody put another revision since `body.revision` was read
   */
  put(shop: Shop, id: string, body: AlertRuleBody, by: string): Promise<AlertRule> {
    const put = this.#lastPut.then(() => this.putNext(shop, id, body, by));
    this.#lastPut = put.catch(() => undefined);
    return put;
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

  private async putNext(shop: Shop, id: string, { revision: seen, ...body }: AlertRuleBody, by: string): Promise<AlertRule> {
    const revision = refuseOther(await this.book(shop), id, seen) + 1;
    const from = (await this.clock(shop)) ?? 0;
    const said = JSON.stringify({ ...body, revision });
    await this.rules.add(shop, { rule: id, revision, from, by, body: said });
    // Another process may have put one in the same moment: the first of the two counts, and who put the other one must know. One that is
    // stamped earlier and comes later than this look is not seen: the store orders them, and nothing locks it.
    const standing = (await this.rules.all(shop)).find((each) => each.rule === id && each.revision === revision);
    if (standing?.by !== by || standing.body !== said) throw changed(id, seen, standing);
    return this.find(shop, id);
  }

  private async book(shop: Shop): Promise<RuleBook> {
    return ruleBookOf(await this.rules.all(shop));
  }
}

/** @returns the revision that stands */
function refuseOther(book: RuleBook, id: string, revision: number): number {
  const before = book.find(id);
  const current = before?.revision ?? 0;
  if (revision !== current) throw changed(id, revision, before);
  return current;
}

/** @param seen the revision that whoever puts has read; @param standing the one that stands in its place */
function changed(id: string, seen: number, standing: Pick<RuleRevision, 'by' | 'revision'> | undefined): AlertsError {
  const who = standing ? `${standing.by} put revision ${standing.revision}` : 'there is none yet, which is revision 0';
  return new AlertsError('rule-changed', `Rule ${id} is not at revision ${seen}: ${who}. Read it again, then put your change.`);
}
