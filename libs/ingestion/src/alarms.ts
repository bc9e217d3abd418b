/** Something that a person should look at. */
export interface Alarm {
  readonly code: 'gap' | 'new-epoch' | 'ledger-ahead' | 'audit' | 'refresh-failed' | 'views-failed' | 'broker-away' | 'ledger-failed';
  readonly shop: string;
  /** What it is about: a partition, a check. Raising the same code and subject again only counts up. */
  readonly subject: string;
  /** What happened and what to do. */
  readonly message: string;
  readonly since: Date;
  readonly times: number;
}

/** Alarms that stand, per shop. Some clear themselves when the cause is gone; a gap stays until someone has looked. */
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

  list(shop?: string): Alarm[] {
    return [...this.#standing.values()].filter((alarm) => shop === undefined || alarm.shop === shop);
  }
}

function keyOf(...parts: readonly string[]): string {
  return parts.join(' ');
}
