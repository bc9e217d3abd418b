import type {
  AlertAnswer,
  AlertDeadLettersAnswer,
  AlertItem,
  AlertSort,
  AlertsAnswer,
  AlertsQuery,
  SuppressionsAnswer,
  SuppressionsQuery,
} from '#contracts';
import { instantOf, type AlertPagePlace, type AlertReads, type Shop } from '#warehouse';
import { AlertsError } from '../alerts.errors.js';
import { shownAlert, shownCounts, shownLog, shownSuppression } from './shown.js';

const live = ['open', 'acknowledged', 'acted'] as const;
const shownDeadLetters = 200;

/** What people ask about alerts. */
export class AlertsQueries {
  constructor(private readonly reads: AlertReads) {}

  /** @throws {AlertsError} `page-unknown` */
  async list(shop: Shop, { state, sort, limit, before, rule, assignee, customer }: AlertsQuery): Promise<AlertsAnswer> {
    const filter = { rule, assignee, customer, states: state === undefined ? undefined : state === 'live' ? live : [state] };
    // One more than is shown says whether there is a next page.
    const [bodies, counts] = await Promise.all([
      this.reads.page(shop, filter, { sort, limit: limit + 1, before: alertPlace(sort, before) }),
      this.reads.counts(shop, { rule, assignee, customer }),
    ]);
    const alerts = bodies.slice(0, limit).map(shownAlert);
    const last = alerts.at(-1);
    const next = bodies.length > limit && last ? nextOf(sort, last) : null;
    return { shop: shop.shop, alerts, next, counts: shownCounts(counts) };
  }

  /** @throws {AlertsError} `alert-unknown` */
  async show(shop: Shop, alertId: string): Promise<AlertAnswer> {
    const [alert, log] = await Promise.all([this.find(shop, alertId), this.reads.log(shop, alertId)]);
    return { shop: shop.shop, alert, log: log.map(shownLog) };
  }

  /** @throws {AlertsError} `alert-unknown` */
  async find(shop: Shop, alertId: string): Promise<AlertItem> {
    const body = await this.reads.find(shop, alertId);
    if (body === undefined)
      throw new AlertsError(
        'alert-unknown',
        `${shop.shop} has no alert ${alertId}. GET /api/v1/shops/${shop.shop}/alerts lists those there are.`,
      );
    return shownAlert(body);
  }

  /** @throws {AlertsError} `page-unknown` */
  async suppressions(shop: Shop, { limit, before, ...filter }: SuppressionsQuery): Promise<SuppressionsAnswer> {
    const place = placeOf(before, /^(-?\d+)\.(\d+)\.(\d+)\.(\d+)\.(\d+)$/);
    const [lines, counts] = await Promise.all([
      this.reads.suppressions(shop, filter, { limit: limit + 1, before: place.length === 0 ? undefined : place }),
      this.reads.suppressionCounts(shop, filter),
    ]);
    const shown = lines.slice(0, limit);
    const next = lines.length > limit ? (shown.at(-1)?.place ?? null) : null;
    return { shop: shop.shop, suppressions: shown.map(shownSuppression), next, counts };
  }

  async deadLetters(shop: Shop): Promise<AlertDeadLettersAnswer> {
    const [lines, counts] = await Promise.all([this.reads.deadLetters(shop, shownDeadLetters), this.reads.deadLetterCounts(shop)]);
    return {
      shop: shop.shop,
      deadLetters: lines.map(({ partition, place, what, detail, at, body }) => ({
        ...{ partition, offset: place, reason: what, detail, at: instantOf(at).toISOString(), excerpt: body },
      })),
      counts,
    };
  }
}

/** What comes after an alert, as `before` of the next page; a page of one order is none of the other. */
function nextOf(sort: AlertSort, { decidedAt, netValueAtStake, alertId }: AlertItem): string {
  return sort === 'newest' ? `${Date.parse(decidedAt)}.${alertId}` : `${netValueAtStake}~${alertId}`;
}

/** @throws {AlertsError} `page-unknown` */
function alertPlace(sort: AlertSort, before: string | undefined): AlertPagePlace | undefined {
  const [rank, alertId] = placeOf(before, sort === 'newest' ? /^(-?\d+)\.([0-9a-f]+)$/ : /^(\d{1,12}\.\d{1,6})~([0-9a-f]+)$/);
  if (rank === undefined || alertId === undefined) return undefined;
  return sort === 'newest' ? { sort, decided: Number(rank), alertId } : { sort, netValue: rank, alertId };
}

/** The parts of a `before`, none where there is none. @throws {AlertsError} `page-unknown` on one that no answer gave */
function placeOf(before: string | undefined, shape: RegExp): string[] {
  if (before === undefined) return [];
  const parts = shape.exec(before);
  if (!parts) throw new AlertsError('page-unknown', `before=${before} is not what \`next\` of an answer said. Begin without it.`);
  return parts.slice(1);
}
