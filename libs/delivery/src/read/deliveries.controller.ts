import {
  deliveriesAnswer,
  deliveriesQuery,
  deliveryAnswer,
  redriveAnswer,
  redriveBody,
  shopId,
  type DeliveriesAnswer,
  type DeliveriesQuery,
  type DeliveryAnswer,
  type RedriveAnswer,
} from '#contracts';
import { principalOf, Roles } from '#http';
import { LOGGER, type Logger } from '#observability';
import { findShop, SHOP_DIRECTORY, type ShopDirectory } from '#warehouse';
import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query, Req } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request } from 'express';
import { z } from 'zod';
import { ChannelsService } from '../channels/channels.service.js';
import { DeliveriesService } from './deliveries.service.js';

const ofShop = z.object({ shop: shopId });
const ofDelivery = z.object({ shop: shopId, delivery: z.string().regex(/^[0-9a-f]{32}$/, 'must be the id of a delivery') });

/** What went out to people, what waits, and what was given up. */
@ApiTags('delivery')
@Controller('api/v1/shops/:shop/deliveries')
export class DeliveriesController {
  constructor(
    @Inject(SHOP_DIRECTORY) private readonly shops: ShopDirectory,
    @Inject(DeliveriesService) private readonly deliveries: DeliveriesService,
    @Inject(ChannelsService) private readonly channels: ChannelsService,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  @Get()
  @Roles('operator')
  @ApiOperation({ summary: 'Deliveries, the newest first, and how many there are of each state' })
  @ApiOkResponse({ standardSchema: deliveriesAnswer })
  async list(
    @Param({ schema: ofShop }) { shop }: { shop: string },
    @Query({ schema: deliveriesQuery }) query: DeliveriesQuery,
  ): Promise<DeliveriesAnswer> {
    return this.deliveries.list(await findShop(this.shops, shop), query);
  }

  @Get(':delivery')
  @Roles('operator')
  @ApiOperation({ summary: 'One delivery with what it says and every attempt' })
  @ApiOkResponse({ standardSchema: deliveryAnswer })
  async show(@Param({ schema: ofDelivery }) { shop, delivery }: z.output<typeof ofDelivery>): Promise<DeliveryAnswer> {
    return this.deliveries.show(await findShop(this.shops, shop), delivery);
  }

  @Post('redrive')
  @HttpCode(200)
  @Roles('marketer')
  @ApiOperation({ summary: 'Tries the dead deliveries of a channel again, from now on as if they were new' })
  @ApiOkResponse({ standardSchema: redriveAnswer })
  async redriveChannel(
    @Param({ schema: ofShop }) { shop }: { shop: string },
    @Body({ schema: redriveBody }) { channel }: z.output<typeof redriveBody>,
    @Req() request: Request,
  ): Promise<RedriveAnswer> {
    const known = await findShop(this.shops, shop);
    await this.channels.find(known, channel);
    const { name } = principalOf(request);
    const redriven = await this.deliveries.redriveChannel(known, channel, name);
    this.log.info({ principal: name, shop, channel, deliveries: redriven.length }, 'dead deliveries redriven');
    return { shop, redriven };
  }

  @Post(':delivery/redrive')
  @HttpCode(200)
  @Roles('marketer')
  @ApiOperation({ summary: 'Tries a dead delivery again, from now on as if it were new' })
  @ApiOkResponse({ standardSchema: redriveAnswer })
  async redrive(
    @Param({ schema: ofDelivery }) { shop, delivery }: z.output<typeof ofDelivery>,
    @Req() request: Request,
  ): Promise<RedriveAnswer> {
    const { name } = principalOf(request);
    const redriven = await this.deliveries.redrive(await findShop(this.shops, shop), delivery, name);
    this.log.info({ principal: name, shop, delivery }, 'dead delivery redriven');
    return { shop, redriven };
  }
}
