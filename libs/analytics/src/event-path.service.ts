import type { EventPathAnswer } from '#contracts';
import { instantOf, type EventPathReads, type PathDocument, type PathEvent, type PathFigure, type ReadGate, type Shop } from '#warehouse';
import { AnalyticsError } from './analytics.errors.js';
import { stampFields } from './kpi.service.js';
import { amountText, toMicros } from './money.js';

/** What is shown of one id. */
const mostEvents = 50;
const mostDocuments = 5;
const mostVersions = 20_000;

type Shown = EventPathAnswer['events'][number];

/** Where an event went: ledger, facts, figures. */
export class EventPathService {
  constructor(
    private readonly reads: EventPathReads,
    private readonly gate: ReadGate,
  ) {}

  /** @throws {AnalyticsError} `event-unknown` */
  async of(shop: Shop, id: string): Promise<EventPathAnswer> {
    const { value, stamp } = await this.gate.read(shop, async (now) => {
      const found = await this.reads.events(shop, id, mostEvents + 1);
      const events = found.slice(0, mostEvents);
      const documents = documentsOf(events).slice(0, mostDocuments);
      const versions = await this.reads.versions(shop, documents, mostVersions);
      const [facts, figures] = await Promise.all([
        Promise.all(documents.map(async (document) => (await this.reads.facts(shop, document)).map((each) => ({ document, ...each })))),
        Promise.all(documents.map((document) => this.reads.figures(shop, document))),
      ]);
      return {
        more: found.length > mostEvents || documentsOf(found).length > mostDocuments,
        events: events.map((event) => shownOf(event, versions, now.watermark)),
        facts: facts.flat().map(({ document, table, row }) => ({ table, entity: document.id, row: textsOf(row) })),
        figures: distinct(figures.flat()).map(figureOf),
      };
    });
    if (value.events.length === 0) {
      throw new AnalyticsError(
        'event-unknown',
        `${shop.shop} has no event ${id}, and none that is about ${id}. Ids are compared letter by letter.`,
      );
    }
    return { shop: shop.shop, id, ...value, ...stampFields(stamp) };
  }
}

/** What some events are about, each once. */
function documentsOf(events: readonly PathEvent[]): PathDocument[] {
  const documents = events.filter(({ document }) => document !== '').map(({ topic, document }) => ({ topic, id: document }));
  return [...new Map(documents.map((each) => [`${each.topic} ${each.id}`, each])).values()];
}

/** The highest revision, then the highest hash; of several that say the same, the one that came first. */
export function winnerAmong<V extends Pick<PathEvent, 'revision' | 'hash'>>(versions: readonly V[]): V | undefined {
  return versions.reduce<V | undefined>((best, each) => {
    if (best === undefined) return each;
    const [a, b] = [BigInt(each.revision), BigInt(best.revision)];
    return a > b || (a === b && each.hash > best.hash) ? each : best;
  }, undefined);
}

function shownOf(event: PathEvent, versions: readonly PathEvent[], watermark: Readonly<Record<string, string>>): Shown {
  const accepted = event.verdict === 'accepted';
  const winner = winnerAmong(versions.filter(({ topic, document }) => topic === event.topic && document === event.document));
  const standing = standingOf(event, winner);
  const [epoch, next] = (watermark[`${event.topic}/${event.partition}`] ?? '0:0').split(':');
  const passed = event.epoch < Number(epoch) || (event.epoch === Number(epoch) && BigInt(event.offset) < BigInt(next ?? 0));
  const { topic, partition, offset, type, verdict, reason, detail, document, revision, hash } = event;
  return {
    ...{ topic, partition, epoch: event.epoch, offset, eventId: event.event_id, type, verdict, reason, detail, entity: document },
    time: accepted ? isoOf(event.event_time) : null,
    recordedTime: instantOf(event.recorded_time).getTime() > 0 ? isoOf(event.recorded_time) : null,
    ingestedAt: isoOf(event.ingested_at),
    ...{ revision, hash, standing },
    by:
      winner && (standing === 'superseded' || standing === 'repeat')
        ? {
            ...{ topic: winner.topic, partition: winner.partition, epoch: winner.epoch, offset: winner.offset },
            ...{ eventId: winner.event_id, revision: winner.revision, hash: winner.hash },
          }
        : null,
    inFigures: passed,
  };
}

function standingOf(event: PathEvent, winner: PathEvent | undefined): Shown['standing'] {
  if (event.verdict !== 'accepted') return event.verdict;
  if (event.topic === 'clock.v1') return 'tick';
  if (!winner || placeOf(winner) === placeOf(event)) return 'winner';
  return winner.revision === event.revision && winner.hash === event.hash ? 'repeat' : 'superseded';
}

function placeOf({ topic, partition, epoch, offset }: PathEvent): string {
  return `${topic}/${partition} ${epoch}:${offset}`;
}

function distinct(figures: readonly PathFigure[]): PathFigure[] {
  const keyOf = ({ table, grain, dimension, member, bucket }: PathFigure): string =>
    JSON.stringify([table, grain, dimension, member, bucket]);
  return [...new Map(figures.map((each) => [keyOf(each), each])).values()];
}

function figureOf(figure: PathFigure): EventPathAnswer['figures'][number] {
  const { table, grain, dimension, member, bucket } = figure;
  const amount = (text: string): string => amountText(toMicros(text));
  return {
    ...{ table, grain, dimension, member },
    bucket: bucket.length > 10 ? isoOf(bucket) : bucket,
    ...{ grossSales: amount(figure.gross), discounts: amount(figure.discounts), returns: amount(figure.returns) },
    returnsByOrderDate: figure.returns_by_order_date === null ? null : amount(figure.returns_by_order_date),
    ...{ orders: Number(figure.orders), units: Number(figure.units), buyers: figure.buyers === null ? null : Number(figure.buyers) },
  };
}

/** As the store prints them. */
function textsOf(row: Readonly<Record<string, unknown>>): Record<string, string | null> {
  return Object.fromEntries(
    Object.entries(row).map(([column, value]) => [column, value === null ? null : String(value as string | number)]),
  );
}

function isoOf(text: string): string {
  return instantOf(text).toISOString();
}
