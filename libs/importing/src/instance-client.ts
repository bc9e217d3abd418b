import type {
  AlarmsAnswer,
  AuditAnswer,
  MaintenanceAnswer,
  MaintenanceOrder,
  PipelineAnswer,
  ShopAnswer,
  ShopsAnswer,
  ShopSettingsBody,
  SummaryAnswer,
} from '#contracts';
import { ImportError } from './importing.errors.js';
import type { Mapping } from './mapping.js';

/** What has to be said of a new shop; the rest has defaults. */
export type NewShop = Pick<ShopSettingsBody, 'timeZone' | 'currency'> & Partial<ShopSettingsBody>;

/** What other programs ask of a running instance. */
export class InstanceClient {
  constructor(
    private readonly url: string,
    private readonly secret: string | undefined,
  ) {}

  /**
   * The shop that a file goes to: made as the mapping says, or one that is there and does not contradict it.
   * @throws {ImportError} `shop-differs`
   */
  async registerShop(shop: string, mapping: Mapping): Promise<ShopAnswer> {
    const there = (await this.call<ShopsAnswer>('GET', '/api/v1/shops')).shops.find((each) => each.shop === shop);
    if (!there) {
      const { timeZone, currency, clock, fiscalYearStart } = mapping;
      return this.putShop(shop, {
        timeZone,
        currency,
        clock,
        ...(fiscalYearStart === undefined ? {} : { fiscalYearStart }),
      });
    }
    const said: readonly (readonly [string, unknown, unknown])[] = [
      ['time zone', mapping.timeZone, there.timeZone],
      ['currency', mapping.currency, there.currency],
      ['first month of the fiscal year', mapping.fiscalYearStart ?? there.fiscalYearStart, there.fiscalYearStart],
    ];
    const other = said.find(([, wanted, has]) => wanted !== has);
    if (!other) return there;
    const [what, wanted, has] = other;
    const words = `The shop ${shop} has the ${what} ${String(has)}, the mapping says ${String(wanted)}.`;
    throw new ImportError('shop-differs', `${words} A shop's settings never change: mend the mapping, or import into another shop.`);
  }
  /** Makes a shop; one that is there with these settings is left alone. @throws {ImportError} `instance-refused` when it has others */
  putShop(shop: string, settings: NewShop): Promise<ShopAnswer> {
    return this.call('PUT', this.path(shop), settings);
  }
  shop(shop: string): Promise<ShopAnswer> {
    return this.call('GET', this.path(shop));
  }
  audit(shop: string): Promise<AuditAnswer> {
    return this.call('POST', `${this.path(shop)}/audit`);
  }
  /** Begins long work on a shop's figures; `maintenance` says how far it is. */
  maintain(shop: string, order: MaintenanceOrder): Promise<MaintenanceAnswer> {
    return this.call('POST', `${this.path(shop)}/maintenance`, order);
  }
  maintenance(shop: string): Promise<MaintenanceAnswer> {
    return this.call('GET', `${this.path(shop)}/maintenance`);
  }
  acknowledge(shop: string, code: string): Promise<AlarmsAnswer> {
    return this.call('POST', `${this.path(shop)}/alarms/${encodeURIComponent(code)}/acknowledge`);
  }
  async accept(shop: string, topic: string, partition: number): Promise<void> {
    await this.call('POST', `${this.path(shop)}/topics/${encodeURIComponent(topic)}/partitions/${partition}/accept`);
  }
  pipeline(): Promise<PipelineAnswer> {
    return this.call('GET', '/api/v1/pipeline');
  }
  summary(shop: string): Promise<SummaryAnswer> {
    return this.call('GET', `/api/v1/shops/${encodeURIComponent(shop)}/kpis/summary`);
  }

  private path(shop: string): string {
    return `/api/v1/shops/${encodeURIComponent(shop)}`;
  }

  /** @throws {ImportError} `instance-unreachable`, or `instance-refused` with the problem's own words */
  private async call<T>(method: string, path: string, body?: object): Promise<T> {
    let response: Response;
    try {
      response = await fetch(new URL(path, this.url), {
        method,
        headers: { 'content-type': 'application/json', ...(this.secret === undefined ? {} : { authorization: `Bearer ${this.secret}` }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(60_000),
      });
    } catch {
      throw new ImportError(
        'instance-unreachable',
        `No instance answers at ${this.url}. Start one with: npm start (or name another with --url).`,
      );
    }
    if (response.ok) return (await response.json()) as T;
    const text = await response.text();
    let words = text;
    try {
      const { title, detail } = JSON.parse(text) as { title?: string; detail?: string };
      words = `${title ?? ''}: ${detail ?? ''}`;
    } catch {
      // Not a problem document: the text itself is all there is.
    }
    throw new ImportError(
      response.status >= 500 ? 'instance-unreachable' : 'instance-refused',
      `The instance at ${this.url} refused ${method} ${path}. ${words}`,
    );
  }
}
