import { AlarmBook } from '#alarms';
import { timeZoneFault } from '#clock';
import {
  pipelineAnswer,
  shopAnswer,
  shopsAnswer,
  shopSettings,
  shopId,
  type PipelineAnswer,
  type ShopAnswer,
  type ShopsAnswer,
  type ShopSettingsBody,
} from '#contracts';
import { principalOf, Roles } from '#http';
import { LOGGER, type Logger } from '#observability';
import { STREAMING, type Streaming } from '#streaming';
import { isSandbox, READ_GATE, ShopRepository, unknownShop, type ReadGate, type Shop } from '#warehouse';
import { Body, Controller, Get, Inject, Param, Put, Req } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request } from 'express';
import { z } from 'zod';
import { IngestionError } from './ingestion.errors.js';
import { PIPELINES, type Pipelines } from './pipelines.js';

/** Shops and the pipeline behind their figures. */
@ApiTags('pipeline')
@Controller('api/v1')
export class PipelineController {
  constructor(
    @Inject(ShopRepository) private readonly shops: ShopRepository,
    @Inject(PIPELINES) private readonly ingestion: Pipelines,
    @Inject(STREAMING) private readonly streaming: Streaming,
    @Inject(AlarmBook) private readonly alarms: AlarmBook,
    @Inject(READ_GATE) private readonly gate: ReadGate,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  @Get('shops')
  @Roles('viewer')
  @ApiOperation({ summary: 'All shops' })
  @ApiOkResponse({ standardSchema: shopsAnswer })
  async list(): Promise<ShopsAnswer> {
    return { shops: (await this.shops.list()).map((shop) => this.describe(shop)) };
  }

  @Get('shops/:shop')
  @Roles('viewer')
  @ApiOperation({ summary: 'One shop' })
  @ApiOkResponse({ standardSchema: shopAnswer })
  async show(@Param('shop') name: string): Promise<ShopAnswer> {
    const shop = await this.shops.find(name);
    if (!shop) throw unknownShop(name, await this.shops.list());
    return this.describe(shop);
  }

  @Put('shops/:shop')
  @Roles('engineer')
  @ApiOperation({ summary: 'Registers a shop; again with the same settings changes nothing' })
  @ApiOkResponse({ standardSchema: shopAnswer })
  async register(
    @Param({ schema: z.object({ shop: shopId }) }) params: { shop: string },
    @Body({ schema: shopSettings }) body: ShopSettingsBody,
    @Req() request: Request,
  ): Promise<ShopAnswer> {
    const shop = await this.shops.register({
      shop: params.shop,
      timeZone: knownZone(body.timeZone),
      currency: body.currency,
      fiscalYearStart: body.fiscalYearStart,
      clockMode: body.clock,
    });
    this.log.info({ principal: principalOf(request).name, shop: shop.shop, settings: body }, 'shop settings written');
    return this.describe(shop);
  }

  @Get('pipeline')
  @Roles('viewer')
  @ApiOperation({ summary: 'Watermarks, lag per partition, dead letters, audit and alarms of all shops' })
  @ApiOkResponse({ standardSchema: pipelineAnswer })
  async pipeline(): Promise<PipelineAnswer> {
    const pipelines = this.ingestion.pipelines.filter((pipeline) => pipeline.ready || pipeline.state !== 'starting');
    const shops = await Promise.all(
      pipelines.map(async (pipeline) => {
        const { value } = await this.gate.read(pipeline.shop, (stamp) => pipeline.status(stamp));
        return value;
      }),
    );
    const away = pipelines.some((pipeline) => pipeline.state === 'broker-away');
    return {
      kafka: { brokers: [...this.streaming.brokers], state: away ? 'away' : 'connected' },
      shops,
      alarms: await this.alarms.shown(await this.shops.list()),
    };
  }

  private describe(shop: Shop): ShopAnswer {
    return {
      shop: shop.shop,
      timeZone: shop.timeZone,
      currency: shop.currency,
      fiscalYearStart: shop.fiscalYearStart,
      clock: shop.clockMode,
      kind: isSandbox(shop) ? 'sandbox' : 'live',
      replayOf: shop.replayOf ?? null,
      status: this.ingestion.pipeline(shop.shop)?.ready ? 'ready' : 'preparing',
    };
  }
}

function knownZone(name: string): string {
  const fault = timeZoneFault(name);
  if (fault !== undefined) throw new IngestionError('time-zone-unknown', fault);
  return name;
}
