import { digestOf } from '#warehouse';

/**
 * Id of an alert: of the shop, the customer, the rule and the instant at which the customer entered its band. Whoever folds the same
 * messages again gives the same one.
 * @param since Unix milliseconds
 */
export function alertIdOf(shop: string, customerId: string, rule: string, since: number): string {
  return digestOf('alert', shop, customerId, rule, String(since)).slice(0, 32);
}

/**
 * Where a customer stands between 0 and 1 for a rule, for good: below the rule's holdout share no alert is sent. 48 bits of SHA-256:
 * a share of one in ten thousand is still met.
 */
export function holdoutPlace(shop: string, rule: string, customerId: string): number {
  return parseInt(digestOf('holdout', shop, rule, customerId).slice(0, 12), 16) / 2 ** 48;
}

/** Which partition of a day comes first when places of a cap are dealt out: another one each day, so that no customer is left out for good. */
export function dealStart(shop: string, rule: string, day: string, partitions: number): number {
  return parseInt(digestOf('deal', shop, rule, day).slice(0, 8), 16) % partitions;
}
