import type { ScoreCause } from '#contracts';
import type { CustomerMoment, KnownVersion, MomentsQuery, Position, ScoreDecision } from '#warehouse';
import type { Assessor, NamedModel } from './assessor.js';
import { advanceCourse, silentAt, type Course, type Visit } from './decide.js';
import type { DocumentIds, RecentVersions } from './recent-versions.js';

/** A visit that is known beforehand. */
export interface Planned {
  readonly at: number;
  readonly cause: ScoreCause;
  /** The event, where one is the reason. */
  readonly row?: KnownVersion;
}

/** A customer whom events, silence or a look at everybody concern. */
export interface Concerned {
  readonly customerId: string;
  readonly planned: readonly Planned[];
  readonly band: Course['band'];
  readonly nextCrossing: number | undefined;
}

/** The courses of a batch: all visits that are known beforehand at once, then crossing after crossing. */
export class Batch {
  readonly #documents: ReadonlyMap<string, DocumentIds>;

  constructor(
    private readonly model: NamedModel,
    private readonly recent: RecentVersions,
    private readonly assessor: Assessor,
    private readonly until: readonly Position[],
    private readonly how: { readonly quietUntil: number; readonly isMuted: (customerId: string, visit: Planned) => boolean },
  ) {
    this.#documents = recent.byCustomer();
  }

  async decide(concerned: readonly Concerned[], lane: 'reader' | 'background'): Promise<{ decisions: ScoreDecision[]; courses: Course[] }> {
    const plannedOf = new Map(concerned.map((each) => [each.customerId, each.planned]));
    const planned = concerned.flatMap(({ customerId, planned: visits }) => visits.map((visit, index) => ({ customerId, visit, index })));
    const found = await this.assess(
      planned.map(({ customerId, visit, index }) => this.moment(customerId, visit.at, laterRows(plannedOf.get(customerId), index + 1))),
      lane,
    );
    const visits = new Map<string, Visit[]>();
    const { quietUntil, isMuted } = this.how;
    planned.forEach(({ customerId, visit }, index) => {
      const assessment = found[index];
      if (!assessment) return;
      const { at, cause } = visit;
      visits.set(customerId, [...(visits.get(customerId) ?? []), { at, cause, assessment, muted: isMuted(customerId, visit) }]);
    });
    const courses = concerned.map(({ customerId, band, nextCrossing }): Course => ({
      customerId,
      visits: visits.get(customerId) ?? [],
      done: 0,
      band,
      nextCrossing,
    }));
    const { version } = this.model;
    const decisions = courses.flatMap((course) => advanceCourse(course, quietUntil, version));
    let open = courses.filter((course) => silentAt(course, quietUntil) !== undefined);
    while (open.length > 0) {
      const instants = open.map((course) => silentAt(course, quietUntil) ?? 0);
      const assessed = await this.assess(
        open.map(({ customerId, done }, index) =>
          this.moment(customerId, instants[index] ?? 0, laterRows(plannedOf.get(customerId), done)),
        ),
        lane,
      );
      open.forEach((course, index) => {
        const assessment = assessed[index];
        if (!assessment) return;
        const crossing = { at: instants[index] ?? 0, cause: 'silence' } as const;
        const muted = isMuted(course.customerId, crossing);
        decisions.push(...advanceCourse(course, quietUntil, version, { ...crossing, assessment, muted }));
      });
      open = open.filter((course) => silentAt(course, quietUntil) !== undefined);
    }
    // Of one customer they are in order already; a stable sort leaves them so.
    decisions.sort((a, b) => a.decidedAt - b.decidedAt || (a.customerId < b.customerId ? -1 : a.customerId > b.customerId ? 1 : 0));
    return { decisions, courses };
  }

  private assess(moments: readonly CustomerMoment[], lane: 'reader' | 'background') {
    return this.assessor.assess(this.model, moments, (some) => this.leaveOut(some), lane);
  }

  private moment(customerId: string, asOf: number, not: ReadonlySet<KnownVersion>): CustomerMoment {
    const documents = this.#documents.get(customerId);
    return { customerId, asOf, ...this.recent.winners(customerId, documents, { asOf, before: this.until, not }) };
  }

  private leaveOut(moments: readonly CustomerMoment[]): MomentsQuery['leaveOut'] {
    const [orders, returns] = [new Set<string>(), new Set<string>()];
    for (const customerId of new Set(moments.map((each) => each.customerId))) {
      const documents = this.#documents.get(customerId);
      for (const id of documents?.orders ?? []) orders.add(id);
      for (const id of documents?.returns ?? []) returns.add(id);
    }
    return { orders: [...orders], returns: [...returns] };
  }
}

/** Events of a customer from one of his visits on. */
function laterRows(planned: readonly Planned[] = [], from: number): ReadonlySet<KnownVersion> {
  return new Set(planned.slice(from).flatMap(({ row }) => (row ? [row] : [])));
}
