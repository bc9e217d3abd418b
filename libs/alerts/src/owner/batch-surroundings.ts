import { beats, type AlertCustomerReads, type AlertRuleRepository, type KnownCustomer, type Shop } from '#warehouse';
import type { CustomerFacts } from '../fold/checks.js';
import type { Surroundings } from '../fold/fold.js';
import type { PlacedAlertMessage } from '../fold/message.js';
import type { FoldShop } from '../fold/partition.js';
import { reaches } from '../fold/customer.js';
import type { RuleBook } from '../rules/rules.js';
import { ruleBookOf } from '../rules/stored-rules.js';

export interface SurroundingsParts {
  readonly rules: Pick<AlertRuleRepository, 'all'>;
  readonly customers: Pick<AlertCustomerReads, 'versions' | 'segments'>;
}

/** What the fold of a batch may ask: the rules, and customers who may enter a rule's band in it. Read once for all of them. */
export async function surroundingsOf(
  shop: Shop,
  fold: FoldShop,
  messages: readonly PlacedAlertMessage[],
  { rules, customers }: SurroundingsParts,
): Promise<Surroundings> {
  const scores = messages.flatMap(({ message }) => (message.kind === 'scored' && message.score.band !== 'low' ? [message.score] : []));
  if (scores.length === 0) return { shop: fold, rulesAt: () => [], factsAt: () => nobody };
  const book = ruleBookOf(await rules.all(shop));
  const wanted = scores.filter(({ decidedAt, band }) => book.at(Date.parse(decidedAt)).some((rule) => reaches(band, rule.band)));
  const ids = [...new Set(wanted.map(({ customerId }) => customerId))];
  const [versions, segments] = await Promise.all([
    customers.versions(shop, ids),
    asksForSegments(book) ? customers.segments(shop, ids) : new Map<string, string>(),
  ]);
  const known = new Map<string, KnownCustomer[]>();
  for (const version of versions) known.set(version.customerId, [...(known.get(version.customerId) ?? []), version]);
  return {
    shop: fold,
    rulesAt: (at) => book.at(at),
    factsAt: (id, at) => ({ ...knownAt(known.get(id) ?? [], at), segment: segments.get(id) ?? '' }),
  };
}

const nobody: CustomerFacts = { consent: null, channel: '', segment: '' };

/** The version that counted at an instant: the winner of those that the shop knew by then. */
export function knownAt(versions: readonly KnownCustomer[], at: number): Omit<CustomerFacts, 'segment'> {
  let winner: KnownCustomer | undefined;
  for (const version of versions) {
    if (version.recordedAt > at) continue;
    if (!winner || beats(version, winner)) winner = version;
  }
  return { consent: winner?.consent ?? null, channel: winner?.channel ?? '' };
}

function asksForSegments(book: RuleBook): boolean {
  return book.everyRevision().some(({ segment }) => segment !== null);
}
