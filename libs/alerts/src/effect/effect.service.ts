import type { EffectAnswer } from '#contracts';
import { welchInterval, type Interval } from '#statistics';
import type { AlertEffectReads, EffectGroup, ReadGate, Shop } from '#warehouse';
import { amountOf } from '../read/shown.js';

/** Days after a decision in which orders count: as long as the score looks ahead. */
export const windowDays = 90;
/** Customers of each group whose window must be over: below it a mean of net sales, which has a long tail, says next to nothing. */
export const enough = 30;

/** What alerts of a rule bring, against customers who were left alone. */
export class EffectService {
  constructor(
    private readonly reads: AlertEffectReads,
    private readonly gate: ReadGate,
  ) {}

  async of(shop: Shop, rule: string): Promise<EffectAnswer> {
    const { value, stamp } = await this.gate.read(shop, async ({ clock }) =>
      this.reads.groups(shop, rule, windowDays, new Date(clock ?? 0)),
    );
    const { clock, ...rest } = stamp;
    return { shop: shop.shop, rule, ...effectOf(value.treated, value.holdout), asOf: clock, ...rest, watermark: { ...rest.watermark } };
  }
}

/** The effect as far as it is known. */
export function effectOf(
  treated: EffectGroup,
  holdout: EffectGroup,
): Pick<EffectAnswer, 'windowDays' | 'treated' | 'holdout' | 'known' | 'detail' | 'perCustomer' | 'total'> {
  const groups = { windowDays, treated: shown(treated), holdout: shown(holdout) };
  const missing = [
    ...(treated.closed < enough ? [`${treated.closed} of ${enough} customers with an alert`] : []),
    ...(holdout.closed < enough ? [`${holdout.closed} of ${enough} left alone`] : []),
  ];
  if (missing.length > 0) {
    const detail = `Not yet known: ${windowDays} days have passed for ${missing.join(', and for ')}.`;
    return { ...groups, known: false, detail, perCustomer: null, total: null };
  }
  const each = welchInterval({ size: treated.closed, ...treated }, { size: holdout.closed, ...holdout });
  const times = (factor: number): Interval => ({ difference: each.difference * factor, low: each.low * factor, high: each.high * factor });
  const sure = each.low > 0 ? 'More was sold' : each.high < 0 ? 'Less was sold' : 'No difference is certain';
  const detail = `${sure}: with 95 % confidence an alert brings between ${cents(each.low)} and ${cents(each.high)} per customer in ${windowDays} days. Of all who got one, whether somebody acted or not.`;
  return { ...groups, known: true, detail, perCustomer: inCents(each), total: inCents(times(treated.closed)) };
}

function shown({ customers, closed, netSales, mean }: EffectGroup): EffectAnswer['treated'] {
  return { customers, closed, netSales: amountOf(netSales), mean: closed === 0 ? null : cents(mean) };
}

function inCents({ difference, low, high }: Interval): NonNullable<EffectAnswer['total']> {
  return { difference: cents(difference), low: cents(low), high: cents(high) };
}

function cents(value: number): string {
  return value.toFixed(2);
}
