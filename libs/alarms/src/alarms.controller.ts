import {
  alarmAnswer,
  alarmsAnswer,
  alarmsQuery,
  alertOrder,
  id,
  shopId,
  type AlarmAnswer,
  type AlarmsAnswer,
  type AlarmsQuery,
  type AlertOrder,
} from '#contracts';
import { principalOf, Roles } from '#http';
import { LOGGER, type Logger } from '#observability';
import { findShop, SHOP_DIRECTORY, type ShopDirectory } from '#warehouse';
import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query, Req } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request } from 'express';
import { z } from 'zod';
import { AlarmsService } from './alarms.service.js';

const ofShop = z.object({ shop: shopId });
const ofAlarm = z.object({ shop: shopId, alarm: id });

/** What the pipeline complains of, and what people do about it. */
@ApiTags('pipeline')
@Controller('api/v1/shops/:shop/alarms')
export class AlarmsController {
  constructor(
    @Inject(SHOP_DIRECTORY) private readonly shops: ShopDirectory,
    @Inject(AlarmsService) private readonly alarms: AlarmsService,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  @Get()
  @Roles('viewer')
  @ApiOperation({ summary: 'Alarms that are not over, of every process, or those of one state; the newest first' })
  @ApiOkResponse({ standardSchema: alarmsAnswer })
  async list(
    @Param({ schema: ofShop }) { shop }: { shop: string },
    @Query({ schema: alarmsQuery }) query: AlarmsQuery,
  ): Promise<AlarmsAnswer> {
    return this.alarms.list(await findShop(this.shops, shop), query);
  }

  @Get(':alarm')
  @Roles('viewer')
  @ApiOperation({ summary: 'One alarm and all that happened to it' })
  @ApiOkResponse({ standardSchema: alarmAnswer })
  async show(@Param({ schema: ofAlarm }) { shop, alarm }: z.output<typeof ofAlarm>): Promise<AlarmAnswer> {
    return this.alarms.show(await findShop(this.shops, shop), alarm);
  }

  @Post(':alarm/commands')
  @HttpCode(200)
  @Roles('operator')
  @ApiOperation({ summary: 'Acknowledges, assigns, comments on, snoozes, acts on or rates an alarm; the first one wins' })
  @ApiOkResponse({ standardSchema: alarmAnswer })
  async command(
    @Param({ schema: ofAlarm }) { shop, alarm }: z.output<typeof ofAlarm>,
    @Body({ schema: alertOrder }) order: AlertOrder,
    @Req() request: Request,
  ): Promise<AlarmAnswer> {
    const { name } = principalOf(request);
    const answer = await this.alarms.say(await findShop(this.shops, shop), alarm, order, name);
    this.log.info({ principal: name, shop, alarm, code: answer.alarm.code, command: order.command }, 'command on an alarm');
    return answer;
  }
}
