import { Zone } from '#clock';
import { campaign, campaignDay, customer, product, refundedReturn, requestedReturn, stockCount } from '#contracts';
import type { z } from 'zod';
import { decimalReader, decimalText, wholeUnits } from './decimal.js';
import { compileTime } from './local-time.js';
import type { Mapping } from './mapping.js';
import type { Row } from './rules.js';
import type { TableName } from './tables.schema.js';

/** What one row says of something, or what several rows say of one return. */
export interface TableEntry {
  readonly type: string;
  readonly subject: string;
  readonly key: string;
  /** When it happened, Unix milliseconds. */
  readonly at: number;
  readonly data: Record<string, unknown>;
}

type Fields = Readonly<Record<string, string>>;

const contracts: Readonly<Record<string, z.ZodType>> = {
  'tideline.customer.registered.v1': customer,
  'tideline.product.listed.v1': product,
  'tideline.product.stock-counted.v1': stockCount,
  'tideline.return.refunded.v1': refundedReturn,
  'tideline.return.requested.v1': requestedReturn,
  'tideline.campaign.started.v1': campaign,
  'tideline.campaign.ended.v1': campaign,
  'tideline.campaign.day-reported.v1': campaignDay,
};

const yes = new Set(['true', 'yes', '1']);
const no = new Set(['false', 'no', '0']);

/** Fields of a row that are the whole return's, and where they stand in its event. */
const ofReturn = { order: 'orderId', customer: 'customerId', requestedAt: 'requestedAt', refundedAt: 'refundedAt' };

/** Why a row cannot be used. */
class Unusable extends Error {}

/** Gathers the rows of customers, products, counts of stock, returns and campaigns. A later row of the same id replaces an earlier one. */
export class TableCollector {
  readonly entries: Readonly<Record<TableName, Map<string, TableEntry>>> = {
    customers: new Map(),
    products: new Map(),
    stockCounts: new Map(),
    returns: new Map(),
    campaigns: new Map(),
  };
  readonly #timeOf: (text: string) => number | undefined;
  readonly #dayOf: (text: string) => number | undefined;
  readonly #zone: Zone;
  readonly #decimal: ReturnType<typeof decimalReader>;

  constructor(private readonly mapping: Mapping) {
    this.#timeOf = compileTime(mapping);
    // Where all times of a file carry an hour, no format of the mapping fits its days.
    this.#dayOf = compileTime({ ...mapping, time: { ...mapping.time, formats: [...mapping.time.formats, 'YYYY-MM-DD'] } });
    this.#zone = new Zone(mapping.timeZone);
    this.#decimal = decimalReader(mapping.numbers);
  }

  /** The table that a file with this header is, or undefined. Of several the one that more of its columns speak for. */
  tableOf(header: readonly string[]): TableName | undefined {
    const fits = (Object.entries(this.mapping.tables ?? {}) as [TableName, Fields | undefined][]).filter(
      ([, columns]) => columns && Object.values(columns).every((column) => header.includes(column)),
    );
    return fits.sort(([, a], [, b]) => Object.keys(b ?? {}).length - Object.keys(a ?? {}).length)[0]?.[0];
  }

  /** @returns why the row cannot be used, or undefined when it was taken */
  add(table: TableName, header: readonly string[], row: Row): string | undefined {
    if (row.length !== header.length) return 'other number of columns than the header';
    const columns = (this.mapping.tables?.[table] ?? {}) as Fields;
    const fields: Record<string, string> = {};
    for (const [field, column] of Object.entries(columns)) fields[field] = (row[header.indexOf(column)] ?? '').trim();
    try {
      const entries = this.entriesOf(table, fields);
      for (const { type, data } of entries) {
        const fault = contracts[type]?.safeParse(data).error?.issues[0];
        if (fault) throw new Unusable(`${fault.path.join('.')}: ${fault.message}`);
      }
      // Only now: a row whose day is at fault says nothing of its campaign either.
      for (const entry of entries) this.entries[table].set(entry.subject, entry);
      return undefined;
    } catch (error) {
      if (error instanceof Unusable) return `${table}: ${error.message}`;
      throw error;
    }
  }

  private entriesOf(table: TableName, fields: Fields): TableEntry[] {
    const { revision, currency } = this.mapping;
    const id = fields['id'] ?? '';
    const texts = (...names: string[]): Record<string, string> =>
      Object.fromEntries(names.flatMap((name) => (fields[name] ? [[name, fields[name]]] : [])));
    switch (table) {
      case 'customers': {
        const at = this.instant(fields, 'registeredAt');
        const consent = this.flag(fields, 'consent');
        const data = {
          customerId: id,
          revision,
          registeredAt: new Date(at).toISOString(),
          ...texts('name', 'email', 'country', 'region', 'city', 'acquisitionChannel'),
          ...(consent === undefined ? {} : { consent }),
        };
        return [{ type: 'tideline.customer.registered.v1', subject: id, key: id, at, data }];
      }
      case 'products': {
        const at = this.instant(fields, 'listedAt');
        const data = {
          productId: id,
          revision,
          ...texts('sku', 'name', 'category', 'subcategory', 'brand'),
          ...this.amounts(fields, 'cost', 'price'),
          currency,
        };
        return [{ type: 'tideline.product.listed.v1', subject: id, key: id, at, data }];
      }
      case 'stockCounts': {
        const at = this.instant(fields, 'countedAt');
        const productId = fields['product'] ?? '';
        const countedAt = new Date(at).toISOString().replace('.000Z', 'Z');
        const data = { productId, countedAt, revision, units: this.whole(fields, 'units') };
        return [{ type: 'tideline.product.stock-counted.v1', subject: `${productId}/${countedAt}`, key: productId, at, data }];
      }
      case 'returns':
        return [this.returned(id, fields)];
      case 'campaigns': {
        const at = this.instant(fields, 'startsAt');
        const status = fields['status'] || 'ended';
        const state = {
          campaignId: id,
          revision,
          status,
          ...texts('name', 'kind', 'channel', 'targetSegment'),
          ...this.amounts(fields, 'budget'),
          currency,
          startsAt: new Date(at).toISOString(),
          ...(fields['endsAt'] ? { endsAt: new Date(this.instant(fields, 'endsAt')).toISOString() } : {}),
        };
        const type = status === 'running' ? 'tideline.campaign.started.v1' : 'tideline.campaign.ended.v1';
        const entries: TableEntry[] = [{ type, subject: id, key: id, at, data: state }];
        if (!fields['date']) return entries;
        const date = this.date(fields, 'date');
        const day = {
          campaignId: id,
          date,
          revision,
          currency,
          spend: '0',
          ...this.amounts(fields, 'spend'),
          impressions: this.whole(fields, 'impressions') ?? 0,
          clicks: this.whole(fields, 'clicks') ?? 0,
        };
        const subject = `${id}/${date}`;
        // Nobody knew what a day brought before it was over.
        const over = this.#zone.next(this.#zone.startOfDate(date), 'day');
        return [...entries, { type: 'tideline.campaign.day-reported.v1', subject, key: id, at: over, data: day }];
      }
    }
  }

  private returned(id: string, fields: Fields): TableEntry {
    const refunded = fields['refundedAt'] ? this.instant(fields, 'refundedAt') : undefined;
    const requested = fields['requestedAt'] ? this.instant(fields, 'requestedAt') : undefined;
    const at = refunded ?? requested;
    if (at === undefined) throw new Unusable('neither requestedAt nor refundedAt holds a time');
    const orderLine = this.whole(fields, 'orderLine');
    const first = this.entries.returns.get(id)?.data;
    const former = (first?.['lines'] ?? []) as readonly object[];
    const line = {
      line: former.length + 1,
      ...(orderLine === undefined ? {} : { orderLine }),
      productId: fields['product'] || null,
      quantity: this.whole(fields, 'quantity') ?? 1,
      ...this.amounts(fields, 'amount'),
      ...(fields['reason'] ? { reason: fields['reason'] } : {}),
    };
    const whole = {
      returnId: id,
      revision: this.mapping.revision,
      status: refunded === undefined ? 'requested' : 'refunded',
      ...(requested === undefined ? {} : { requestedAt: new Date(requested).toISOString() }),
      ...(refunded === undefined ? {} : { refundedAt: new Date(refunded).toISOString() }),
      orderId: fields['order'] || null,
      customerId: fields['customer'] || null,
      currency: this.mapping.currency,
    };
    // What a return says as a whole, all its rows must say: the last one would decide about the lines of the others.
    for (const [field, name] of Object.entries(ofReturn))
      if (first && first[name] !== (whole as Record<string, unknown>)[name])
        throw new Unusable(`another ${field} than the first row of its return`);
    const data = { ...whole, lines: [...former, line] };
    const type = refunded === undefined ? 'tideline.return.requested.v1' : 'tideline.return.refunded.v1';
    return { type, subject: id, key: fields['customer'] || id, at, data };
  }

  private instant(fields: Fields, name: string): number {
    const at = this.#timeOf(fields[name] ?? '');
    if (at === undefined) throw new Unusable(`${name} is not in a format of the mapping`);
    return at;
  }

  /** A day of the shop, `YYYY-MM-DD`. */
  private date(fields: Fields, name: string): string {
    const at = this.#dayOf(fields[name] ?? '');
    if (at === undefined) throw new Unusable(`${name} is not in a format of the mapping, nor YYYY-MM-DD`);
    return this.#zone.text(at, false);
  }

  private amounts(fields: Fields, ...names: string[]): Record<string, string> {
    const found: Record<string, string> = {};
    for (const name of names) {
      if (!fields[name]) continue;
      const value = this.#decimal(fields[name]);
      if (value === undefined) throw new Unusable(`${name} is not a number of at most six decimals`);
      found[name] = decimalText(value);
    }
    return found;
  }

  private whole(fields: Fields, name: string): number | undefined {
    if (!fields[name]) return undefined;
    const value = this.#decimal(fields[name]);
    const whole = value === undefined ? undefined : wholeUnits(value);
    if (whole === undefined) throw new Unusable(`${name} is not a whole number`);
    return whole;
  }

  private flag(fields: Fields, name: string): boolean | undefined {
    const text = (fields[name] ?? '').toLowerCase();
    if (text === '') return undefined;
    if (yes.has(text)) return true;
    if (no.has(text)) return false;
    throw new Unusable(`${name} is none of true, false, yes, no, 1, 0`);
  }
}
