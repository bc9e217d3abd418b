/** What may be wrong. `docs/operations.md` says what each means and what to do first. */
export const alarmCodes = [
  'gap',
  'new-epoch',
  'dead-letters',
  'lag',
  'ledger-ahead',
  'audit',
  'refresh-failed',
  'views-failed',
  'broker-away',
  'ledger-failed',
  'start-failed',
  'replay-broken',
  'model-unusable',
  'model-calibration',
] as const;

/** Something that a person should look at. */
export interface Alarm {
  readonly code: (typeof alarmCodes)[number];
  readonly shop: string;
  /** What it is about: a partition, a check. Raising the same code and subject again only counts up. */
  readonly subject: string;
  /** What happened and what to do. */
  readonly message: string;
  readonly since: Date;
  readonly times: number;
}

/** Alarms of what is over and stays true: they stand until someone says that he has looked. */
const lasting: readonly Alarm['code'][] = ['gap', 'new-epoch', 'dead-letters'];

/** Alarms that stand, per shop. Most clear themselves when the cause is gone. */
export class Alarms {
  readonly #standing = new Map<string, Alarm>();

  raise(code: Alarm['code'], shop: string, subject: string, message: string): Alarm {
    const key = keyOf(code, shop, subject);
    const before = this.#standing.get(key);
    const alarm = { code, shop, subject, message, since: before?.since ?? new Date(), times: (before?.times ?? 0) + 1 };
    this.#standing.set(key, alarm);
    return alarm;
  }

  clear(code: Alarm['code'], shop: string, subject: string): void {
    this.#standing.delete(keyOf(code, shop, subject));
  }

  /** Somebody has looked at what is over. @returns the alarms that stood, none when there was nothing to acknowledge */
  acknowledge(shop: string, code: string): Alarm[] {
    const seen = this.list(shop).filter((alarm) => alarm.code === code && lasting.includes(alarm.code));
    for (const { subject, ...alarm } of seen) this.clear(alarm.code, shop, subject);
    return seen;
  }

  /** A sandbox was deleted: nothing of it needs anybody. */
  forget(shop: string): void {
    for (const { code, subject } of this.list(shop)) this.clear(code, shop, subject);
  }

  list(shop?: string): Alarm[] {
    return [...this.#standing.values()].filter((alarm) => shop === undefined || alarm.shop === shop);
  }
}

function keyOf(...parts: readonly string[]): string {
  return parts.join(' ');
}
