import type {
  AlertAnswer,
  AlertDeadLettersAnswer,
  AlertOrder,
  AlertOrderAnswer,
  AlertRule,
  AlertRulesAnswer,
  AlertsAnswer,
  AlarmAnswer,
  AlarmsAnswer,
  AuditAnswer,
  CustomerScoreAnswer,
  CustomerValueAnswer,
  DeliveriesAnswer,
  DemandAnswer,
  DemandPublishedAnswer,
  DeliveryAnswer,
  DeliveryChannel,
  DeliveryChannelBody,
  DeliveryChannelsAnswer,
  BacktestAnswer,
  EffectAnswer,
  EventPathAnswer,
  FingerprintAnswer,
  MaintenanceAnswer,
  MaintenanceOrder,
  ModelAddedAnswer,
  ModelAnswer,
  ModelBody,
  ModelKind,
  ModelMove,
  ModelsAnswer,
  ModelsSummaryAnswer,
  PipelineAnswer,
  RedriveAnswer,
  ReorderAnswer,
  ReplayAnswer,
  ReplayAsked,
  ReplayChange,
  ReplayPlanAnswer,
  ScoreboardAnswer,
  ScoresSummaryAnswer,
  ShopAnswer,
  ShopModelsAnswer,
  ShopsAnswer,
  ShopSettingsBody,
  SummaryAnswer,
  SuppressionsAnswer,
} from '#contracts';
import { ImportError } from './importing.errors.js';
import type { Mapping } from './mapping.js';

/** What has to be said of a new shop; the rest has defaults. */
export type NewShop = Pick<ShopSettingsBody, 'timeZone' | 'currency'> & Partial<ShopSettingsBody>;

/** How long what reads a whole shop may take. */
const longMs = 15 * 60_000;

/** What other programs ask of a running instance. */
export class InstanceClient {
  constructor(
    private readonly url: string,
    private readonly secret: string | undefined,
  ) {}

  /**
   * The shop that a file goes to: made as the mapping says, or one that is there and does not contradict it.
   * @throws {ImportError} `shop-differs`, `shop-is-sandbox`
   */
  async registerShop(shop: string, mapping: Mapping): Promise<ShopAnswer> {
    const there = (await this.shops()).shops.find((each) => each.shop === shop);
    if (!there) {
      const { timeZone, currency, clock, fiscalYearStart } = mapping;
      return this.putShop(shop, {
        timeZone,
        currency,
        clock,
        ...(fiscalYearStart === undefined ? {} : { fiscalYearStart }),
      });
    }
    if (there.kind === 'sandbox') {
      throw new ImportError(
        'shop-is-sandbox',
        `${shop} is a sandbox with a replay of ${there.replayOf}: no topic feeds it. Import into another shop.`,
      );
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
  alarms(shop: string, asked: Readonly<Record<string, string>>): Promise<AlarmsAnswer> {
    return this.call('GET', `${this.path(shop)}/alarms?${new URLSearchParams(asked).toString()}`);
  }
  alarm(shop: string, id: string): Promise<AlarmAnswer> {
    return this.call('GET', `${this.path(shop)}/alarms/${encodeURIComponent(id)}`);
  }
  /** What a person says to an alarm. @throws {ImportError} `instance-refused` naming who was first */
  orderAlarm(shop: string, id: string, order: AlertOrder): Promise<AlarmAnswer> {
    return this.call('POST', `${this.path(shop)}/alarms/${encodeURIComponent(id)}/commands`, order);
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

  shops(): Promise<ShopsAnswer> {
    return this.call('GET', '/api/v1/shops');
  }
  replayPlan(shop: string, asked: Readonly<Record<string, string>>): Promise<ReplayPlanAnswer> {
    return this.call('GET', `${this.path(shop)}/replay-plan?${new URLSearchParams(asked).toString()}`, undefined, longMs);
  }
  replay(shop: string, body: ReplayAsked): Promise<ReplayAnswer> {
    return this.call('POST', `${this.path(shop)}/replays`, body, longMs);
  }
  replayOf(shop: string, sandbox: string): Promise<ReplayAnswer> {
    return this.call('GET', `${this.path(shop)}/replays/${encodeURIComponent(sandbox)}`);
  }
  changeReplay(shop: string, sandbox: string, change: ReplayChange): Promise<ReplayAnswer> {
    return this.call('PATCH', `${this.path(shop)}/replays/${encodeURIComponent(sandbox)}`, change);
  }
  async deleteReplay(shop: string, sandbox: string): Promise<void> {
    await this.call('DELETE', `${this.path(shop)}/replays/${encodeURIComponent(sandbox)}`);
  }
  fingerprint(shop: string): Promise<FingerprintAnswer> {
    return this.call('GET', `${this.path(shop)}/fingerprint`, undefined, longMs);
  }
  alerts(shop: string, asked: Readonly<Record<string, string>>): Promise<AlertsAnswer> {
    return this.call('GET', `${this.path(shop)}/alerts?${new URLSearchParams(asked).toString()}`);
  }
  alert(shop: string, id: string): Promise<AlertAnswer> {
    return this.call('GET', `${this.path(shop)}/alerts/${encodeURIComponent(id)}`);
  }
  orderAlert(shop: string, id: string, order: AlertOrder): Promise<AlertOrderAnswer> {
    return this.call('POST', `${this.path(shop)}/alerts/${encodeURIComponent(id)}/commands`, order);
  }
  deliveryChannels(shop: string): Promise<DeliveryChannelsAnswer> {
    return this.call('GET', `${this.path(shop)}/delivery-channels`);
  }
  putDeliveryChannel(shop: string, id: string, body: DeliveryChannelBody): Promise<DeliveryChannel> {
    return this.call('PUT', `${this.path(shop)}/delivery-channels/${encodeURIComponent(id)}`, body);
  }
  deliveries(shop: string, asked: Readonly<Record<string, string>>): Promise<DeliveriesAnswer> {
    return this.call('GET', `${this.path(shop)}/deliveries?${new URLSearchParams(asked).toString()}`);
  }
  delivery(shop: string, id: string): Promise<DeliveryAnswer> {
    return this.call('GET', `${this.path(shop)}/deliveries/${encodeURIComponent(id)}`);
  }
  redrive(shop: string, id: string): Promise<RedriveAnswer> {
    return this.call('POST', `${this.path(shop)}/deliveries/${encodeURIComponent(id)}/redrive`);
  }
  redriveChannel(shop: string, channel: string): Promise<RedriveAnswer> {
    return this.call('POST', `${this.path(shop)}/deliveries/redrive`, { channel });
  }
  alertRules(shop: string): Promise<AlertRulesAnswer> {
    return this.call('GET', `${this.path(shop)}/alert-rules`);
  }
  alertRule(shop: string, rule: string): Promise<AlertRule> {
    return this.call('GET', this.rulePath(shop, rule));
  }
  /**
   * Puts the next revision of a rule, or a new rule.
   * @param body an `alertRuleBody` as it is written: what it leaves out has its default
   * @throws {ImportError} `instance-refused` too where somebody put another revision than `body.revision` meanwhile
   */
  putAlertRule(shop: string, rule: string, body: object): Promise<AlertRule> {
    return this.call('PUT', this.rulePath(shop, rule), body);
  }
  alertRuleEffect(shop: string, rule: string): Promise<EffectAnswer> {
    return this.call('GET', `${this.rulePath(shop, rule)}/effect`);
  }
  alertSuppressions(shop: string, asked: Readonly<Record<string, string>>): Promise<SuppressionsAnswer> {
    return this.call('GET', `${this.path(shop)}/alert-suppressions?${new URLSearchParams(asked).toString()}`);
  }
  alertDeadLetters(shop: string): Promise<AlertDeadLettersAnswer> {
    return this.call('GET', `${this.path(shop)}/alert-dead-letters`);
  }
  /** @param body a `backtestBody` as it is written: what it leaves out has its default */
  backtest(shop: string, body: object): Promise<BacktestAnswer> {
    return this.call('POST', `${this.path(shop)}/alert-rules/backtest`, body, longMs);
  }
  eventPath(shop: string, id: string): Promise<EventPathAnswer> {
    return this.call('GET', `${this.path(shop)}/events/path?${new URLSearchParams({ id }).toString()}`);
  }
  models(): Promise<ModelsAnswer> {
    return this.call('GET', '/api/v1/models');
  }
  model(version: string): Promise<ModelAnswer> {
    return this.call('GET', `/api/v1/models/${encodeURIComponent(version)}`);
  }
  addModel(body: ModelBody): Promise<ModelAddedAnswer> {
    return this.call('POST', '/api/v1/models', body);
  }
  modelsOf(shop: string): Promise<ShopModelsAnswer> {
    return this.call('GET', `${this.path(shop)}/models`);
  }
  scoreboard(shop: string): Promise<ScoreboardAnswer> {
    return this.call('GET', `${this.path(shop)}/models/scoreboard`);
  }
  modelsSummary(shop: string): Promise<ModelsSummaryAnswer> {
    return this.call('GET', `${this.path(shop)}/models/summary`);
  }
  moveModel(shop: string, move: Exclude<ModelMove, 'rollback'>, version: string): Promise<ShopModelsAnswer> {
    return this.call('POST', `${this.path(shop)}/models/${move}`, { version });
  }
  rollbackModel(shop: string, kind: ModelKind): Promise<ShopModelsAnswer> {
    return this.call('POST', `${this.path(shop)}/models/rollback`, { kind });
  }

  scoresSummary(shop: string): Promise<ScoresSummaryAnswer> {
    return this.call('GET', `${this.path(shop)}/scores/summary`);
  }
  /** @throws {ImportError} `instance-refused` for a customer without a score */
  customerScore(shop: string, customer: string): Promise<CustomerScoreAnswer> {
    return this.call('GET', `${this.path(shop)}/customers/${encodeURIComponent(customer)}/score`);
  }
  /** @throws {ImportError} `instance-refused` for a customer without an order, and where the shop has no active model of value */
  customerValue(shop: string, customer: string): Promise<CustomerValueAnswer> {
    return this.call('GET', `${this.path(shop)}/customers/${encodeURIComponent(customer)}/value`);
  }

  demand(shop: string, asked: Readonly<Record<string, string>>): Promise<DemandAnswer> {
    return this.call('GET', `${this.path(shop)}/demand?${new URLSearchParams(asked).toString()}`);
  }
  reorder(shop: string, asked: Readonly<Record<string, string>>): Promise<ReorderAnswer> {
    return this.call('GET', `${this.path(shop)}/demand/reorder?${new URLSearchParams(asked).toString()}`);
  }
  /** @param body what the trainer wrote; the instance judges it */
  publishDemand(shop: string, body: object): Promise<DemandPublishedAnswer> {
    return this.call('POST', `${this.path(shop)}/demand/forecasts`, body);
  }

  private path(shop: string): string {
    return `/api/v1/shops/${encodeURIComponent(shop)}`;
  }
  private rulePath(shop: string, rule: string): string {
    return `${this.path(shop)}/alert-rules/${encodeURIComponent(rule)}`;
  }

  /**
   * @throws {ImportError} `instance-unreachable` (nobody there, or gone before its answer was whole); `instance-failed` (5xx: it is there
   * and could not) or `instance-refused`, with the problem's own words
   */
  private async call<T>(method: string, path: string, body?: object, patienceMs = 60_000): Promise<T> {
    let response: Response;
    try {
      response = await fetch(new URL(path, this.url), {
        method,
        headers: { 'content-type': 'application/json', ...(this.secret === undefined ? {} : { authorization: `Bearer ${this.secret}` }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(patienceMs),
      });
    } catch {
      throw new ImportError(
        'instance-unreachable',
        `No instance answers at ${this.url}. Start one with: npm start (or name another with --url).`,
      );
    }
    let text: string;
    try {
      text = await response.text();
    } catch {
      // The head of an answer is no answer: the instance may be stopped while it writes the rest.
      const again = method === 'GET' ? 'ask again' : 'ask again: what was asked may be done already';
      throw new ImportError(
        'instance-unreachable',
        `The instance at ${this.url} went away in the middle of its answer to ${method} ${path}. See that it runs, then ${again}.`,
      );
    }
    if (response.ok) return this.parsed<T>(text, `${method} ${path}`);
    let words = text;
    try {
      const { title, detail } = JSON.parse(text) as { title?: string; detail?: string };
      words = `${title ?? ''}: ${detail ?? ''}`;
    } catch {
      // Not a problem document: the text itself is all there is.
    }
    throw new ImportError(
      response.status >= 500 ? 'instance-failed' : 'instance-refused',
      `The instance at ${this.url} ${response.status >= 500 ? 'could not do' : 'refused'} ${method} ${path}. ${words}`,
    );
  }

  /** What an answer says; an empty one says nothing. @throws {ImportError} `instance-refused` where it is none of an instance */
  private parsed<T>(text: string, asked: string): T {
    try {
      return (text === '' ? undefined : JSON.parse(text)) as T;
    } catch {
      throw new ImportError(
        'instance-refused',
        `What ${this.url} answers to ${asked} is no JSON: something else than an instance listens there. Name another with --url.`,
      );
    }
  }
}
