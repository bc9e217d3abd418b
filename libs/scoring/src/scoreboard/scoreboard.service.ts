import { modelDrift, type ModelManifest, type ScoreboardAnswer, type ScoreBasis, type ScoredMonth } from '#contracts';
import type {
  KeptModel,
  MarkedMonth,
  MarkOutcomeReads,
  MarkRepository,
  ModelRepository,
  OutcomeCell,
  OutcomeQuery,
  ReadGate,
  Shop,
  WatermarkRepository,
} from '#warehouse';
import { churnBands } from '../engine/index.js';
import { calibrationOf } from './calibration.js';
import { bandsOf, figuresOf, ratesOf } from './figures.js';
import { basisOf, knownUntil, maturesAt, overlapOf } from './months.js';
import { nothingYet, versionWords } from './scoreboard-words.js';

/** Versions of an answer: the active one, its shadow, and those that were marked last. */
const mostVersions = 5;
/** Days within which an order makes a customer active: those a marketer can act on. */
const activeDays = 180;
const bases: readonly ScoreBasis[] = ['live', 'afterwards', 'history'];
/** How long an answer is given again: it changes when a day of the shop has passed, and costs a second on many customers. */
const keptMs = 30_000;

export interface ScoreboardParts {
  readonly gate: Pick<ReadGate, 'read'>;
  readonly watermarks: Pick<WatermarkRepository, 'read'>;
  readonly marks: MarkRepository;
  readonly outcomes: MarkOutcomeReads;
  readonly models: Pick<ModelRepository, 'known' | 'rolesOf'>;
  /** Milliseconds for which an answer is given again. */
  readonly keptMs?: number;
}

type Version = ScoreboardAnswer['versions'][number];
type Roles = Awaited<ReturnType<ModelRepository['rolesOf']>>;

/** Predicted against happened. */
export class ScoreboardService {
  readonly #kept = new Map<string, { readonly at: number; readonly answer: Promise<ScoreboardAnswer> }>();

  constructor(private readonly parts: ScoreboardParts) {}

  /** Everything that is known of a shop's marks. @throws {WarehouseError} `model-unknown` where the registry lost a version */
  of(shop: Shop): Promise<ScoreboardAnswer> {
    const kept = this.#kept.get(shop.database);
    if (kept && performance.now() - kept.at < (this.parts.keptMs ?? keptMs)) return kept.answer;
    const answer = this.make(shop);
    this.#kept.set(shop.database, { at: performance.now(), answer });
    answer.catch(() => this.#kept.delete(shop.database));
    return answer;
  }

  private async make(shop: Shop): Promise<ScoreboardAnswer> {
    const { marks, models, gate } = this.parts;
    const [months, drifts, roles] = [await marks.months(shop), await marks.drifts(shop), await models.rolesOf(shop, 'churn')];
    const kept = await Promise.all(versionsOf(months, roles).map((version) => models.known(version)));
    const { stamp } = await gate.read(shop, () => Promise.resolve());
    const known = (await knownUntil(this.parts.watermarks, shop, Date.now())) ?? -Infinity;
    let { partial } = stamp;
    // A hold for each statement: what settles waits for one of them, never for all. Each is a whole; one that was torn is said.
    const cells = async (query: OutcomeQuery): Promise<OutcomeCell[]> => {
      const read = await gate.read(shop, () => this.parts.outcomes.cells(shop, query));
      partial ||= read.stamp.partial;
      return read.value;
    };
    const versions: Version[] = [];
    for (const model of kept) {
      const own = months.filter((month) => month.model === model.version);
      const body = drifts.find((drift) => drift.model === model.version)?.body;
      const drift = body === undefined ? null : modelDrift.parse(JSON.parse(body));
      versions.push({ ...(await this.version(shop, model, own, roles, known, cells)), drift });
    }
    const { clock, watermark, generation } = stamp;
    const words = versions.some(({ months: own }) => own.length > 0) ? null : nothingYet(shop.shop, roles.active, clock);
    return { shop: shop.shop, asOf: clock, generation, partial, watermark: { ...watermark }, versions, words };
  }

  /** @param known up to which instant of the shop it is known what happened */
  private async version(
    shop: Shop,
    { version, manifest }: KeptModel,
    own: readonly MarkedMonth[],
    roles: Roles,
    known: number,
    cellsFor: (query: OutcomeQuery) => Promise<OutcomeCell[]>,
  ) {
    const { horizonDays, training, shop: trainedOn } = manifest;
    const placed = own
      .filter(({ customers }) => customers > 0)
      .map((month) => ({ ...month, ...placeOf(month, manifest, known, shop.clockMode === 'data') }));
    const groups: Version['groups'] = [];
    const cellsOf = new Map<ScoreBasis, OutcomeCell[]>();
    for (const basis of bases) {
      const references = placed.filter((month) => month.basis === basis && month.mature).map(({ reference }) => reference);
      if (references.length === 0) continue;
      const query = { model: version, references, horizonDays, bands: churnBands };
      const overlap = overlapOf(references, horizonDays);
      const all = await cellsFor(query);
      const active = await cellsFor({ ...query, activeDays });
      cellsOf.set(basis, all);
      groups.push({
        basis,
        months: references.length,
        populations: [figuresOf('all', all, overlap), figuresOf('active', active, overlap)],
      });
    }
    const ahead = placed.filter(({ basis }) => basis !== 'history');
    const judged = ahead.filter(({ mature }) => mature).map(({ reference }) => reference);
    const cells = [...(cellsOf.get('live') ?? []), ...(cellsOf.get('afterwards') ?? [])];
    const first = judged.length > 0 ? undefined : Math.min(...ahead.map(({ matures }) => matures));
    const firstMatures = first === undefined || !Number.isFinite(first) ? null : new Date(first).toISOString();
    return {
      ...{ version, role: roleOf(version, roles), horizonDays, trainedOn, trainedAsOf: training.asOf },
      words: versionWords({ firstMatures, ahead: ahead.length, known: judged.length, trainedAsOf: training.asOf }),
      firstMatures,
      groups,
      months: [...placed].reverse().map((month): ScoredMonth => {
        const found = (cellsOf.get(month.basis) ?? []).filter(({ reference }) => reference === month.reference);
        return {
          reference: new Date(month.reference).toISOString(),
          ...{ basis: month.basis, matures: new Date(month.matures).toISOString(), mature: month.mature },
          ...(month.mature ? ratesOf(found, 1) : { customers: month.customers, predicted: null, observed: null, low: null, high: null }),
          bands: month.mature ? bandsOf(found, 1) : [],
        };
      }),
      calibration: calibrationOf(cells, judged, horizonDays),
    };
  }
}

/** Versions to tell of: those with a part in the shop first, then those that were marked last. */
function versionsOf(months: readonly MarkedMonth[], { active, shadow }: Roles): string[] {
  const newestFirst = [...months].sort((a, b) => b.clock - a.clock).map(({ model }) => model);
  const wanted = [active, shadow, ...newestFirst].filter((version) => version !== undefined);
  return [...new Set(wanted)].slice(0, mostVersions);
}

function roleOf(version: string, { active, shadow }: Roles): Version['role'] {
  return version === active ? 'active' : version === shadow ? 'shadow' : 'none';
}

function placeOf({ reference, clock: marked }: MarkedMonth, manifest: ModelManifest, known: number, muted: boolean) {
  const matures = maturesAt(reference, manifest.horizonDays);
  const trainedAsOf = Date.parse(manifest.training.asOf);
  return { basis: basisOf({ reference, clock: marked, trainedAsOf }, muted), matures, mature: matures <= known };
}
