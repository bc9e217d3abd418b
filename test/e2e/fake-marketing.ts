import type {
  AlertCounts,
  AlertItem,
  AlertLogEntry,
  AlertOrder,
  AlertRule,
  AlertSort,
  AlertStateName,
  CustomerValueAnswer,
  EffectAnswer,
  ScoresSummaryAnswer,
  Suppression,
} from '#contracts';

/** What the gateway refuses, as the API words it. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** An hour before the shop's now. */
const start = Date.parse('2011-12-09T11:50:00Z');
export const fakeModel = 'churn-demo-1a2b3c4d';

const rule: AlertRule = {
  ...{ id: 'churn-high', revision: 0, from: null, by: 'default', name: 'Likely to be gone', on: true, band: 'high' },
  ...{ minNetValue: '0', minOrders: 2, segment: null, channel: null, consent: 'unless-refused', capPerDay: 50 },
  ...{ quietHours: null, cooldownDays: 30, expireDays: 30, holdout: 0.1 },
};

/** Alerts of a shop of the fake gateway: a page's worth of their life, decided at once and by nobody else. */
export class FakeMarketing {
  readonly alerts = new Map<string, AlertItem>();
  readonly logs = new Map<string, AlertLogEntry[]>();
  suppressions: Suppression[] = [];
  rules: AlertRule[] = [rule];
  effect: Partial<EffectAnswer> = {};
  scores: Omit<ScoresSummaryAnswer, 'shop'> = scoresOf(700, 200, 100);
  /** Commands are heard and not decided, when set. */
  slow = false;

  /** A new alert, a minute after the one before. */
  open(change: Partial<AlertItem> = {}): AlertItem {
    const number = this.alerts.size + 1;
    const at = new Date(start + number * 60_000).toISOString();
    const alert: AlertItem = {
      ...{
        alertId: `a${String(number).padStart(4, '0')}`,
        customerId: `C${10_000 + number}`,
        state: 'open',
        rule: rule.id,
        ruleRevision: 0,
      },
      ...{ band: 'high', model: fakeModel, probability: 0.87, orders: 6, netValueAtStake: '250.00' },
      reasons: ['92 days since the last order; usual gap 31', 'orders grew fewer: 1 in 120 days', 'spends less than it did'],
      ...{ openedAt: at, decidedAt: at, movedAt: at, expiresAt: '2012-01-08T12:00:00.000Z', snoozedUntil: null },
      ...{ assignee: null, acknowledged: null, acted: null, rated: null },
      ...change,
    };
    this.alerts.set(alert.alertId, alert);
    const detail = 'The customer came into the band high.';
    this.logs.set(alert.alertId, [{ at: alert.openedAt, step: 'opened', refused: null, by: null, detail, state: 'open' }]);
    return alert;
  }

  /** @throws {Refused} */
  command(alertId: string, order: AlertOrder, by: string, now: string): AlertItem {
    const alert = this.find(alertId);
    const step = (
      { acknowledge: 'acknowledged', assign: 'assigned', comment: 'commented', snooze: 'snoozed', act: 'acted', rate: 'rated' } as const
    )[order.command];
    const log = this.logs.get(alertId) ?? [];
    if (order.command === 'acknowledge' && alert.acknowledged) {
      const detail = `Already acknowledged by ${alert.acknowledged.by} at ${alert.acknowledged.at}. Assign it or comment on it instead.`;
      log.push({ at: now, step: null, refused: 'already-acknowledged', by, detail, state: alert.state });
      throw new Refused(409, 'already-acknowledged', detail);
    }
    if (this.slow) return alert;
    const changed: AlertItem = { ...alert, movedAt: now, ...changeOf(order, by, now) };
    log.push({ at: now, step, refused: null, by, detail: '', state: changed.state });
    this.alerts.set(alertId, changed);
    return changed;
  }

  /** @throws {Refused} */
  find(alertId: string): AlertItem {
    const alert = this.alerts.get(alertId);
    if (!alert) throw new Refused(404, 'alert-unknown', `demo has no alert ${alertId}.`);
    return alert;
  }

  list({ state, rule: of, sort }: { state?: AlertStateName; rule?: string; sort?: AlertSort }): AlertItem[] {
    const found = [...this.alerts.values()].filter((each) => (!state || each.state === state) && (!of || each.rule === of));
    const value = ({ netValueAtStake }: AlertItem): number => Number(netValueAtStake);
    return found.sort((a, b) => (sort === 'value' && value(b) - value(a)) || b.decidedAt.localeCompare(a.decidedAt));
  }

  counts(of?: string): AlertCounts {
    const counts = { open: 0, acknowledged: 0, acted: 0, recovered: 0, expired: 0 };
    for (const alert of this.list(of === undefined ? {} : { rule: of })) counts[alert.state] += 1;
    return counts;
  }

  suppress(reason: Suppression['reason'], times = 1): void {
    for (let time = 0; time < times; time += 1) {
      const number = this.suppressions.length + 1;
      const customer = { customerId: `C${20_000 + number}`, rule: rule.id, ruleRevision: 0 };
      const at = new Date(start - number * 60_000).toISOString();
      this.suppressions.push({ at, ...customer, reason, detail: 'As the rule says.', probability: 0.81, netValueAtStake: '99.95' });
    }
  }

  /** @throws {Refused} where the shop has no model of value */
  valueOf(customerId: string, model: string | null): CustomerValueAnswer {
    if (model === null) throw new Refused(404, 'score-unknown', 'demo has no active clv model, so no value is predicted.');
    return {
      ...{ customerId, asOf: '2011-12-09T12:50:00Z', generation: '1', watermark: {}, partial: false, model, value: '412.3456' },
      ...{ currency: 'GBP', horizonDays: 365, projection: true, shadow: null },
      words: 'a projection: learnt from windows of 180 days, carried on to twelve months; tested on twelve months',
      reasons: [
        '92 days since the last order; usual gap 31',
        'lowers it: 1 order in 120 days',
        'spends more than most',
        'bought in spring',
      ],
    };
  }

  effectOf(shop: string, id: string): EffectAnswer {
    const group = { customers: 12, closed: 0, netSales: '0.00', mean: null };
    return {
      ...{ shop, rule: id, windowDays: 90, treated: { ...group, customers: 110 }, holdout: group, known: false },
      detail: 'Not yet known: 90 days have passed for 0 of 30 customers with an alert, and for 0 of 30 left alone.',
      ...{ perCustomer: null, total: null, asOf: '2011-12-09T12:50:00Z', generation: '1', watermark: {}, partial: false },
      ...this.effect,
    };
  }
}

function changeOf(order: AlertOrder, by: string, at: string): Partial<AlertItem> {
  switch (order.command) {
    case 'acknowledge':
      return { state: 'acknowledged', acknowledged: { by, at }, decidedAt: at };
    case 'assign':
      return { assignee: order.assignee };
    case 'snooze':
      return { snoozedUntil: order.until };
    case 'act':
      return { state: 'acted', acted: { by, at, action: order.action }, decidedAt: at };
    case 'rate':
      return { rated: { by, at, useful: order.useful } };
    case 'comment':
      return {};
  }
}

/** Customers by band. */
export function scoresOf(low: number, medium: number, high: number): Omit<ScoresSummaryAnswer, 'shop'> {
  return {
    ...{ model: fakeModel, asOf: '2011-12-09T12:50:00Z', complete: true, customers: low + medium + high, meanProbability: 0.42 },
    bands: [
      { band: 'low', customers: low, meanProbability: 0.21 },
      { band: 'medium', customers: medium, meanProbability: 0.55 },
      { band: 'high', customers: high, meanProbability: 0.83 },
    ],
    nextCrossing: '2011-12-09T13:07:00Z',
  };
}
