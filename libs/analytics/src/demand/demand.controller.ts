import {
  demandAnswer,
  demandForecastBody,
  demandPublishedAnswer,
  demandQuery,
  reorderAnswer,
  reorderQuery,
  shopParam,
  type DemandAnswer,
  type DemandForecastBody,
  type DemandPublishedAnswer,
  type DemandQuery,
  type ReorderAnswer,
  type ReorderQuery,
} from '#contracts';
import { LargeBody, principalOf, Roles } from '#http';
import { LOGGER, type Logger } from '#observability';
import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query, Req } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { Request } from 'express';
import { DemandService } from './demand.service.js';

/** What a shop will sell. */
@ApiTags('demand')
@ApiParam({ name: 'shop', example: 'online-retail' })
@Controller('api/v1/shops/:shop/demand')
export class DemandController {
  constructor(
    @Inject(DemandService) private readonly demand: DemandService,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  @Get()
  @Roles('viewer')
  @ApiOperation({ summary: 'Units of the next 7 to 30 days by category or product, with intervals and how good such forecasts were' })
  @ApiOkResponse({ standardSchema: demandAnswer })
  forecast(
    @Param({ schema: shopParam }) { shop }: { shop: string },
    @Query({ schema: demandQuery }) query: DemandQuery,
  ): Promise<DemandAnswer> {
    return this.demand.forecast(shop, query);
  }

  @Get('reorder')
  @Roles('viewer')
  @ApiOperation({ summary: 'Reorder point, order-up-to level, stock and order quantity of each product, by lead time and service level' })
  @ApiOkResponse({ standardSchema: reorderAnswer })
  reorder(
    @Param({ schema: shopParam }) { shop }: { shop: string },
    @Query({ schema: reorderQuery }) query: ReorderQuery,
  ): Promise<ReorderAnswer> {
    return this.demand.reorder(shop, query);
  }

  @Post('forecasts')
  @HttpCode(200)
  @Roles('engineer')
  @LargeBody('64mb')
  @ApiOperation({ summary: 'Publishes what npm run train -- --kind demand wrote; again: the newer one counts' })
  @ApiOkResponse({ standardSchema: demandPublishedAnswer })
  async publish(
    @Param({ schema: shopParam }) { shop }: { shop: string },
    @Body({ schema: demandForecastBody }) body: DemandForecastBody,
    @Req() request: Request,
  ): Promise<DemandPublishedAnswer> {
    const { name } = principalOf(request);
    const answer = await this.demand.publish(shop, body, name);
    this.log.info({ principal: name, ...answer }, 'forecast of demand published');
    return answer;
  }
}
