import type { PipelineAnswer, ShopAnswer, SummaryAnswer } from '#contracts';
import { ImportError } from './importing.errors.js';
import type { Mapping } from './mapping.js';

/** What an import asks of a running instance. */
export class InstanceClient {
  constructor(
    private readonly url: string,
    private readonly secret: string | undefined,
  ) {}

  registerShop(shop: string, mapping: Mapping): Promise<ShopAnswer> {
    return this.call('PUT', `/api/v1/shops/${encodeURIComponent(shop)}`, {
      timeZone: mapping.timeZone,
      currency: mapping.currency,
      clock: 'data',
    });
  }
  shop(shop: string): Promise<ShopAnswer> {
    return this.call('GET', `/api/v1/shops/${encodeURIComponent(shop)}`);
  }
  pipeline(): Promise<PipelineAnswer> {
    return this.call('GET', '/api/v1/pipeline');
  }
  summary(shop: string): Promise<SummaryAnswer> {
    return this.call('GET', `/api/v1/shops/${encodeURIComponent(shop)}/kpis/summary`);
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
