import {
  breakdownAnswer,
  breakdownQuery,
  eventPathAnswer,
  eventPathQuery,
  qualityAnswer,
  recentAnswer,
  recentQuery,
  seriesAnswer,
  seriesQuery,
  summaryAnswer,
  summaryQuery,
  type BreakdownAnswer,
  type BreakdownQuery,
  type EventPathAnswer,
  type EventPathQuery,
  type QualityAnswer,
  type RecentAnswer,
  type RecentQuery,
  type SeriesAnswer,
  type SeriesQuery,
  type SummaryAnswer,
  type SummaryQuery,
} from '#contracts';
import { Roles } from '#http';
import {
  EventReads,
  instantOf,
  LedgerRepository,
  READ_GATE,
  SHOP_DIRECTORY,
  unknownShop,
  type ReadGate,
  type Shop,
  type ShopDirectory,
} from '#warehouse';
import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { EventPathService } from './event-path.service.js';
import { KpiService, stampFields } from './kpi.service.js';
import { amountText, toMicros } from './money.js';

/** Figures of one shop. */
@ApiTags('figures')
@ApiParam({ name: 'shop', example: 'online-retail' })
@Controller('api/v1/shops/:shop')
@Roles('viewer')
export class AnalyticsController {
  constructor(
    @Inject(SHOP_DIRECTORY) private readonly shops: ShopDirectory,
    @Inject(KpiService) private readonly kpis: KpiService,
    @Inject(EventReads) private readonly events: EventReads,
    @Inject(EventPathService) private readonly paths: EventPathService,
    @Inject(LedgerRepository) private readonly ledger: LedgerRepository,
    @Inject(READ_GATE) private readonly gate: ReadGate,
  ) {}

  @Get('kpis/summary')
  @ApiOperation({ summary: 'The headline figures of a range' })
  @ApiOkResponse({ standardSchema: summaryAnswer })
  async summary(@Param('shop') shop: string, @Query({ schema: summaryQuery }) query: SummaryQuery): Promise<SummaryAnswer> {
    return this.kpis.summary(await this.find(shop), query);
  }

  @Get('kpis/series')
  @ApiOperation({ summary: 'The headline figures by minute, hour, day, ISO week or month of the shop' })
  @ApiOkResponse({ standardSchema: seriesAnswer })
  async series(@Param('shop') shop: string, @Query({ schema: seriesQuery }) query: SeriesQuery): Promise<SeriesAnswer> {
    return this.kpis.series(await this.find(shop), query);
  }

  @Get('kpis/breakdown')
  @ApiOperation({ summary: 'Figures by one dimension' })
  @ApiOkResponse({ standardSchema: breakdownAnswer })
  async breakdown(@Param('shop') shop: string, @Query({ schema: breakdownQuery }) query: BreakdownQuery): Promise<BreakdownAnswer> {
    return this.kpis.breakdown(await this.find(shop), query);
  }

  // Messages carry names and addresses of customers.
  @Get('events/recent')
  @Roles('operator')
  @ApiOperation({ summary: 'The newest messages with their verdicts; verdict=rejected lists the dead letters' })
  @ApiOkResponse({ standardSchema: recentAnswer })
  async recent(@Param('shop') name: string, @Query({ schema: recentQuery }) query: RecentQuery): Promise<RecentAnswer> {
    const shop = await this.find(name);
    const { value, stamp } = await this.gate.read(shop, () => this.events.recent(shop, query.limit, query.verdict, query.reason));
    return {
      shop: shop.shop,
      events: value.map(({ event_time, recorded_time, ingested_at, excerpt, ...rest }) => ({
        ...rest,
        time: rest.verdict === 'accepted' ? instantOf(event_time).toISOString() : null,
        recordedTime: rest.verdict === 'accepted' ? instantOf(recorded_time).toISOString() : null,
        ingestedAt: instantOf(ingested_at).toISOString(),
        payload: excerpt,
      })),
      ...stampFields(stamp),
    };
  }

  @Get('events/path')
  @Roles('operator')
  @ApiOperation({ summary: 'Where an event went: offset, verdict, ledger row, facts, and the figures it is part of' })
  @ApiOkResponse({ standardSchema: eventPathAnswer })
  async path(@Param('shop') shop: string, @Query({ schema: eventPathQuery }) { id }: EventPathQuery): Promise<EventPathAnswer> {
    return this.paths.of(await this.find(shop), id);
  }

  @Get('quality')
  @ApiOperation({ summary: 'What the figures leave out or had to fill in' })
  @ApiOkResponse({ standardSchema: qualityAnswer })
  async quality(@Param('shop') name: string): Promise<QualityAnswer> {
    const shop = await this.find(name);
    const { value, stamp } = await this.gate.read(shop, () => Promise.all([this.events.quality(shop), this.ledger.deadLetters(shop)]));
    const [quality, deadLetters] = value;
    return {
      shop: shop.shop,
      deadLetters: deadLetters.map((each) => ({ ...each, messages: Number(each.messages) })),
      refundsLeftOut: { refunds: Number(quality.refunds), amount: amountText(toMicros(quality.amount)) },
      placeholders: { customers: Number(quality.customers), products: Number(quality.products), campaigns: Number(quality.campaigns) },
      ...stampFields(stamp),
    };
  }

  private async find(name: string): Promise<Shop> {
    const shop = await this.shops.find(name);
    if (!shop) throw unknownShop(name, await this.shops.list());
    return shop;
  }
}
