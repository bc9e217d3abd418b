import { hash } from 'node:crypto';

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
  return digest('delivery', shop, channel, about, subject, step);
}

/** Key of a digest: of what it holds, so that one that is sent again after a kill has the same one. @param ids in any order */
export function digestIdOf(ids: readonly string[]): string {
  return digest('digest', ...[...ids].sort());
}

/** The parts are told apart by their lengths: no two lists of texts look alike. */
function digest(...parts: readonly string[]): string {
  return hash('sha256', parts.map((part) => `${part.length}:${part}`).join(''), 'hex').slice(0, 32);
}
