import { digestOf } from '#warehouse';

/** What happened, of which a channel is told once. */
export interface Occasion {
  readonly shop: string;
  readonly channel: string;
  readonly about: 'alert' | 'alarm';
  /** The alert's id; code, subject and beginning of an alarm. */
  readonly subject: string;
  readonly step: string;
}

/** Id of a delivery and the idempotency key of each of its attempts: whoever looks at the same occasion again gives the same one. */
export function deliveryIdOf({ shop, channel, about, subject, step }: Occasion): string {
  return digestOf('delivery', shop, channel, about, subject, step).slice(0, 32);
}

/** Key of a digest: of what it holds, so that one that is sent again after a kill has the same one. @param ids in any order */
export function digestIdOf(ids: readonly string[]): string {
  return digestOf('digest', ...[...ids].sort()).slice(0, 32);
}
