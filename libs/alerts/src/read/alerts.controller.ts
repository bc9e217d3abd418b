import {
  alertAnswer,
  alertDeadLettersAnswer,
  alertOrder,
  alertOrderAnswer,
  alertsAnswer,
  alertsQuery,
  id,
  shopId,
  suppressionsAnswer,
  suppressionsQuery,
  type AlertAnswer,
  type AlertDeadLettersAnswer,
  type AlertOrder,
  type AlertOrderAnswer,
  type AlertsAnswer,
  type AlertsQuery,
  type SuppressionsAnswer,
  type SuppressionsQuery,
} from '#contracts';
import { principalOf, Roles } from '#http';
import { LOGGER, type Logger } from '#observability';
import { findShop, SHOP_DIRECTORY, type ShopDirectory } from '#warehouse';
import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query, Req } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request } from 'express';
import { z } from 'zod';
import { AlertCommands } from './alert-commands.js';
import { AlertsQueries } from './alerts.queries.js';

const ofShop = z.object({ shop: shopId });
const ofAlert = z.object({ shop: shopId, alert: id });

/** Alerts and what people do with them. */
@ApiTags('alerts')
@Controller('api/v1/shops/:shop')
export class AlertsController {
  constructor(
    @Inject(SHOP_DIRECTORY) private readonly shops: ShopDirectory,
    @Inject(AlertsQueries) private readonly queries: AlertsQueries,
    @Inject(AlertCommands) private readonly commands: AlertCommands,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  @Get('alerts')
  @Roles('operator')
  @ApiOperation({ summary: 'Alerts, the newest decided first, and how many there are of each state' })
  @ApiOkResponse({ standardSchema: alertsAnswer })
  async list(
    @Param({ schema: ofShop }) { shop }: { shop: string },
    @Query({ schema: alertsQuery }) query: AlertsQuery,
  ): Promise<AlertsAnswer> {
    return this.queries.list(await findShop(this.shops, shop), query);
  }

  @Get('alerts/:alert')
  @Roles('operator')
  @ApiOperation({ summary: 'One alert and all that happened to it' })
  @ApiOkResponse({ standardSchema: alertAnswer })
  async show(@Param({ schema: ofAlert }) { shop, alert }: z.output<typeof ofAlert>): Promise<AlertAnswer> {
    return this.queries.show(await findShop(this.shops, shop), alert);
  }

  @Post('alerts/:alert/commands')
  @HttpCode(200)
  @Roles('marketer')
  @ApiOperation({ summary: 'Acknowledges, assigns, comments on, snoozes, acts on or rates an alert; the first one wins' })
  @ApiOkResponse({ standardSchema: alertOrderAnswer })
  async command(
    @Param({ schema: ofAlert }) { shop, alert }: z.output<typeof ofAlert>,
    @Body({ schema: alertOrder }) order: AlertOrder,
    @Req() request: Request,
  ): Promise<AlertOrderAnswer> {
    const { name } = principalOf(request);
    const answer = await this.commands.say(await findShop(this.shops, shop), alert, order, name);
    this.log.info({ principal: name, shop, alert, command: order.command, outcome: answer.outcome }, 'command on an alert');
    return answer;
  }

  @Get('alert-suppressions')
  @Roles('operator')
  @ApiOperation({ summary: 'Alerts that were not sent and why, newest first, with counts by reason' })
  @ApiOkResponse({ standardSchema: suppressionsAnswer })
  async suppressions(
    @Param({ schema: ofShop }) { shop }: { shop: string },
    @Query({ schema: suppressionsQuery }) query: SuppressionsQuery,
  ): Promise<SuppressionsAnswer> {
    return this.queries.suppressions(await findShop(this.shops, shop), query);
  }

  @Get('alert-dead-letters')
  @Roles('operator')
  @ApiOperation({ summary: 'Messages on alerts.v1 that could not be used, newest first' })
  @ApiOkResponse({ standardSchema: alertDeadLettersAnswer })
  async deadLetters(@Param({ schema: ofShop }) { shop }: { shop: string }): Promise<AlertDeadLettersAnswer> {
    return this.queries.deadLetters(await findShop(this.shops, shop));
  }
}
