import {
  channelId,
  deliveryChannel,
  deliveryChannelBody,
  deliveryChannelsAnswer,
  shopId,
  type DeliveryChannel,
  type DeliveryChannelBody,
  type DeliveryChannelsAnswer,
} from '#contracts';
import { principalOf, Roles } from '#http';
import { LOGGER, type Logger } from '#observability';
import { findShop, SHOP_DIRECTORY, type ShopDirectory } from '#warehouse';
import { Body, Controller, Get, Inject, Param, Put, Req } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request } from 'express';
import { z } from 'zod';
import { ChannelsService } from './channels.service.js';

const ofShop = z.object({ shop: shopId });
const ofChannel = z.object({ shop: shopId, channel: channelId });

/** Where alerts and alarms are sent. Secrets are named, never shown: nobody here knows them. */
@ApiTags('delivery')
@Controller('api/v1/shops/:shop/delivery-channels')
export class ChannelsController {
  constructor(
    @Inject(SHOP_DIRECTORY) private readonly shops: ShopDirectory,
    @Inject(ChannelsService) private readonly channels: ChannelsService,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  @Get()
  @Roles('operator')
  @ApiOperation({ summary: 'The newest revision of every channel' })
  @ApiOkResponse({ standardSchema: deliveryChannelsAnswer })
  async list(@Param({ schema: ofShop }) { shop }: { shop: string }): Promise<DeliveryChannelsAnswer> {
    return { shop, channels: await this.channels.list(await findShop(this.shops, shop)) };
  }

  @Get(':channel')
  @Roles('operator')
  @ApiOperation({ summary: 'The newest revision of one channel' })
  @ApiOkResponse({ standardSchema: deliveryChannel })
  async show(@Param({ schema: ofChannel }) { shop, channel }: z.output<typeof ofChannel>): Promise<DeliveryChannel> {
    return this.channels.find(await findShop(this.shops, shop), channel);
  }

  /** Data of customers go where a channel says: who runs the house decides that. */
  @Put(':channel')
  @Roles('engineer')
  @ApiOperation({ summary: 'Puts the next revision of a channel, or a new channel' })
  @ApiOkResponse({ standardSchema: deliveryChannel })
  async put(
    @Param({ schema: ofChannel }) { shop, channel }: z.output<typeof ofChannel>,
    @Body({ schema: deliveryChannelBody }) body: DeliveryChannelBody,
    @Req() request: Request,
  ): Promise<DeliveryChannel> {
    const { name } = principalOf(request);
    const put = await this.channels.put(await findShop(this.shops, shop), channel, body, name);
    this.log.info({ principal: name, shop, channel, revision: put.revision, on: put.on }, 'delivery channel put');
    return put;
  }
}
