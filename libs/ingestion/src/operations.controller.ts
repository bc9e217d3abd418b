import {
  auditAnswer,
  maintenanceAnswer,
  maintenanceOrder,
  shopId,
  type AuditAnswer,
  type MaintenanceAnswer,
  type MaintenanceOrder,
} from '#contracts';
import { principalOf, Roles } from '#http';
import { LOGGER, type Logger } from '#observability';
import { ledgerTopics, ShopRepository, unknownShop, type LedgerTopic } from '#warehouse';
import { Body, Controller, Get, HttpCode, Inject, Param, Post, Req } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request } from 'express';
import { z } from 'zod';
import type { AuditReport } from './audit/audit.js';
import { IngestionError } from './ingestion.errors.js';
import { IngestionService } from './ingestion.service.js';
import type { MaintenanceState } from './recount/maintenance.js';
import type { ShopPipeline } from './shop-pipeline.js';

const ofShop = z.object({ shop: shopId });
const ofPartition = z.object({
  shop: shopId,
  topic: z.enum(ledgerTopics as [LedgerTopic, ...LedgerTopic[]]),
  partition: z.coerce.number().int().min(0),
});

/** What people do to a pipeline, in the process that runs it. */
@ApiTags('pipeline')
@Controller('api/v1/shops/:shop')
export class OperationsController {
  constructor(
    @Inject(ShopRepository) private readonly shops: ShopRepository,
    @Inject(IngestionService) private readonly ingestion: IngestionService,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  @Post('audit')
  @HttpCode(200)
  @Roles('operator')
  @ApiOperation({ summary: 'Compares ledger, facts, derived tables and broker offsets now' })
  @ApiOkResponse({ standardSchema: auditAnswer })
  async audit(@Param({ schema: ofShop }) { shop }: { shop: string }, @Req() request: Request): Promise<AuditAnswer> {
    const report = await (await this.pipeline(shop)).audit();
    this.log.info({ principal: principalOf(request).name, shop, ok: report.ok }, 'audit asked for');
    return reported(report);
  }

  @Post('maintenance')
  @HttpCode(202)
  @Roles('engineer')
  @ApiOperation({ summary: 'Begins an audit of every row, or makes figures anew from the ledger while the shop goes on' })
  @ApiAcceptedResponse({ standardSchema: maintenanceAnswer })
  async maintain(
    @Param({ schema: ofShop }) { shop }: { shop: string },
    @Body({ schema: maintenanceOrder }) { work, tables }: MaintenanceOrder,
    @Req() request: Request,
  ): Promise<MaintenanceAnswer> {
    const state = (await this.pipeline(shop)).maintain(work, tables);
    this.log.info({ principal: principalOf(request).name, shop, work, tables }, 'maintenance asked for');
    return maintained(state);
  }

  @Get('maintenance')
  @Roles('operator')
  @ApiOperation({ summary: 'How far the last audit of every row or rebuild is, and how it ended' })
  @ApiOkResponse({ standardSchema: maintenanceAnswer })
  async maintenance(@Param({ schema: ofShop }) { shop }: { shop: string }): Promise<MaintenanceAnswer> {
    const { maintenance } = await this.pipeline(shop);
    if (!maintenance) throw new IngestionError('no-maintenance', `No audit of every row and no rebuild of ${shop} ran since the start.`);
    return maintained(maintenance);
  }

  @Post('topics/:topic/partitions/:partition/accept')
  @HttpCode(200)
  @Roles('engineer')
  @ApiOperation({ summary: 'Lets a partition that halted (ledger-ahead) go on from the start of what the broker holds, in a new epoch' })
  @ApiOkResponse({ standardSchema: ofPartition })
  async accept(
    @Param({ schema: ofPartition }) params: z.output<typeof ofPartition>,
    @Req() request: Request,
  ): Promise<z.output<typeof ofPartition>> {
    (await this.pipeline(params.shop)).accept(params.topic, params.partition);
    this.log.info({ principal: principalOf(request).name, ...params }, 'partition accepted as it is');
    return params;
  }

  private async pipeline(shop: string): Promise<ShopPipeline> {
    await this.known(shop);
    const pipeline = this.ingestion.pipeline(shop);
    if (!pipeline) throw new IngestionError('shop-not-ready', `${shop} is being prepared. Ask again in a moment.`);
    return pipeline;
  }

  private async known(shop: string): Promise<void> {
    if (!(await this.shops.find(shop))) throw unknownShop(shop, await this.shops.list());
  }
}

function reported({ at, ok, checks }: AuditReport): AuditAnswer {
  return { at: at.toISOString(), ok, checks: checks.map((check) => ({ ...check })) };
}

function maintained({ startedAt, endedAt, audit, tables, ...state }: MaintenanceState): MaintenanceAnswer {
  return {
    ...state,
    startedAt: startedAt.toISOString(),
    endedAt: endedAt?.toISOString() ?? null,
    audit: audit && reported(audit),
    tables: [...tables],
  };
}
