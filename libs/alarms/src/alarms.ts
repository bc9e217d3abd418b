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

const lastingCodes: readonly string[] = ['gap', 'new-epoch', 'dead-letters'] satisfies readonly Alarm['code'][];

/**
 * Whether an alarm is of what nobody meets a second time: it stands until someone says that he has looked. The others go when their
 * cause does. An audit of every row runs only where a person asks for it.
 */
export function isLasting({ code, subject }: { readonly code: string; readonly subject: string }): boolean {
  return lastingCodes.includes(code) || (code === 'audit' && subject === 'full');
}

/** What this process finds wrong at this moment, per shop. `AlarmKeeper` keeps it in the store, where it has a life. */
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

  /** For who knows of one code only. */
  of(code: Alarm['code']): {
    raise: (shop: string, subject: string, message: string) => void;
    clear: (shop: string, subject: string) => void;
  } {
    return {
      raise: (shop, subject, message) => void this.raise(code, shop, subject, message),
      clear: (shop, subject) => this.clear(code, shop, subject),
    };
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
