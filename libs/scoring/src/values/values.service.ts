import type { ClvManifest, CustomerValueAnswer } from '#contracts';
import type { FeatureReads, ModelRepository, ReadGate, Shop } from '#warehouse';
import { openValueModel, reasonsOf, type ValueModel } from '../engine/index.js';
import { withoutModel } from '../registry/model-answers.js';
import { ScoringError } from '../scoring.errors.js';

export interface ValuesParts {
  readonly gate: Pick<ReadGate, 'read'>;
  readonly features: Pick<FeatureReads, 'touched'>;
  readonly models: Pick<ModelRepository, 'read' | 'rolesOf'>;
}

/** Versions that stay open: some 15 MB each, and a tenth of a second to open one. */
const mostOpen = 4;

interface Open {
  readonly model: Promise<Model>;
  users: number;
}

type Model = ValueModel<ClvManifest>;

/** A model with the name it has in the registry. */
interface Named {
  readonly version: string;
  readonly model: Model;
}

/**
 * What customers are expected to bring, when it is asked for: nothing is decided by it, so nobody's value is computed ahead. A customer costs
 * the features of one, some 50 ms, for the active version and again for a shadow.
 */
export class ValuesService {
  /** By version, the one that was asked last at the end. */
  readonly #open = new Map<string, Open>();

  constructor(private readonly parts: ValuesParts) {}

  /**
   * As of the shop's clock.
   * @throws {ScoringError} `score-unknown` where the shop has no active model or the customer no order; what `openValueModel` throws
   * @throws {WarehouseError} `model-damaged`
   */
  async ofCustomer(shop: Shop, customerId: string): Promise<CustomerValueAnswer> {
    const { active, shadow } = await this.parts.models.rolesOf(shop, 'clv');
    if (active === undefined) throw new ScoringError('score-unknown', withoutModel(shop.shop, 'clv'));
    return this.using(active, async (model) => {
      const answer = (beside?: Model) =>
        this.answer(
          shop,
          customerId,
          { version: active, model },
          shadow !== undefined && beside ? { version: shadow, model: beside } : undefined,
        );
      if (shadow === undefined) return answer();
      let isOpen = false;
      const both = this.using(shadow, (beside) => {
        isOpen = true;
        return answer(beside);
      });
      // A shadow that cannot be asked keeps nobody from the answer that counts; one that can is not why there is none.
      return both.catch((error: unknown) => {
        if (isOpen) throw error;
        return answer();
      });
    });
  }

  /** Ends the threads of open models; waits for what is under way. */
  async close(): Promise<void> {
    const open = [...this.#open.values()];
    this.#open.clear();
    await Promise.allSettled(open.map(async ({ model }) => (await model).close()));
  }

  private async answer(shop: Shop, customerId: string, own: Named, beside: Named | undefined): Promise<CustomerValueAnswer> {
    const { value: rows, stamp } = await this.parts.gate.read(shop, async ({ clock }) => {
      if (clock === null) throw noOrder(shop.shop, customerId);
      const asOf = new Date(clock);
      return {
        own: await this.row(shop, customerId, own.model, asOf),
        beside: beside && (await this.row(shop, customerId, beside.model, asOf)),
      };
    });
    const { value, contrib } = await valueOf(own.model, customerId, rows.own);
    const other = beside && rows.beside && (await valueOf(beside.model, customerId, rows.beside).catch(() => undefined));
    const { clock, watermark, ...rest } = stamp;
    const { horizonDays, projection, words } = own.model.manifest;
    const { currency } = shop;
    return {
      ...{ customerId, asOf: clock, ...rest, watermark: { ...watermark } },
      ...{ model: own.version, value: amountOf(value), currency, horizonDays, projection, words },
      reasons: reasonsOf(rows.own, contrib, { currency, against: 'lowers it: ' }).map((reason) => reason.words),
      shadow: beside && other ? { model: beside.version, value: amountOf(other.value) } : null,
    };
  }

  /** [F]: one customer's features with the parameters of a model. @throws {ScoringError} `score-unknown` for a customer without an order */
  private async row(shop: Shop, customerId: string, { mbg }: Model, asOf: Date): Promise<Float32Array> {
    for await (const { values } of this.parts.features.touched(shop, { ids: [customerId] }, { asOf, mbg })) return values;
    throw noOrder(shop.shop, customerId);
  }

  /** Works with a version; whoever is in use stays open. */
  private async using<T>(version: string, work: (model: Model) => Promise<T>): Promise<T> {
    const open = this.#open.get(version) ?? { model: this.opened(version), users: 0 };
    this.#open.delete(version);
    this.#open.set(version, open);
    open.users += 1;
    try {
      return await work(await open.model);
    } finally {
      open.users -= 1;
      // One that could not be opened, or whose thread has ended, is opened anew by the next who asks: the store may be back by then.
      const isOver = await open.model.then(
        ({ hasEnded }) => hasEnded,
        () => true,
      );
      // Of two who found it so the later one leaves alone what was opened meanwhile.
      if (isOver && this.#open.get(version) === open) this.#open.delete(version);
      await this.closeOld();
    }
  }

  private async opened(version: string): Promise<Model> {
    const { manifest, ...files } = await this.parts.models.read(version);
    if (manifest.kind !== 'clv') throw new ScoringError('kind-unknown', `${version} is of kind ${manifest.kind}, not clv.`);
    return openValueModel({ manifest, ...files });
  }

  private async closeOld(): Promise<void> {
    for (const [version, { model, users }] of this.#open) {
      if (this.#open.size <= mostOpen) return;
      if (users > 0) continue;
      this.#open.delete(version);
      await (await model).close();
    }
  }
}

async function valueOf(model: Model, customerId: string, row: Float32Array): Promise<{ value: number; contrib: Float32Array }> {
  const { value, contrib, refused } = await model.values(row, 1);
  const [wrong] = refused;
  if (!wrong) return { value: value[0] ?? NaN, contrib };
  throw new ScoringError('score-unknown', `${customerId} has the ${wrong.feature} ${wrong.value}, which no model can read.`);
}

/** An estimate: two digits behind the point are more than it knows. */
function amountOf(value: number): string {
  return value.toFixed(2);
}

function noOrder(shop: string, customerId: string): ScoringError {
  return new ScoringError('score-unknown', `${customerId} has no predicted value in ${shop}: no such customer, or one without an order.`);
}
