import {
  alertRule,
  alertRuleBody,
  alertRuleId,
  alertRulesAnswer,
  effectAnswer,
  shopId,
  type AlertRule,
  type AlertRuleBody,
  type AlertRulesAnswer,
  type EffectAnswer,
} from '#contracts';
import { principalOf, Roles } from '#http';
import { LOGGER, type Logger } from '#observability';
import { findShop, SHOP_DIRECTORY, type ShopDirectory } from '#warehouse';
import { Body, Controller, Get, Inject, Param, Put, Req } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request } from 'express';
import { z } from 'zod';
import { EffectService } from '../effect/effect.service.js';
import { RulesService } from './rules.service.js';

const ofShop = z.object({ shop: shopId });
const ofRule = z.object({ shop: shopId, rule: alertRuleId });

/** Rules of alerts, and what they bring. */
@ApiTags('alerts')
@Controller('api/v1/shops/:shop/alert-rules')
export class RulesController {
  constructor(
    @Inject(SHOP_DIRECTORY) private readonly shops: ShopDirectory,
    @Inject(RulesService) private readonly rules: RulesService,
    @Inject(EffectService) private readonly effects: EffectService,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  @Get()
  @Roles('operator')
  @ApiOperation({ summary: 'The newest revision of every rule' })
  @ApiOkResponse({ standardSchema: alertRulesAnswer })
  async list(@Param({ schema: ofShop }) { shop }: { shop: string }): Promise<AlertRulesAnswer> {
    return { rules: await this.rules.list(await findShop(this.shops, shop)) };
  }

  @Get(':rule')
  @Roles('operator')
  @ApiOperation({ summary: 'The newest revision of one rule' })
  @ApiOkResponse({ standardSchema: alertRule })
  async show(@Param({ schema: ofRule }) { shop, rule }: z.output<typeof ofRule>): Promise<AlertRule> {
    return this.rules.find(await findShop(this.shops, shop), rule);
  }

  @Put(':rule')
  @Roles('marketer')
  @ApiOperation({ summary: 'Puts the next revision of a rule, or a new rule' })
  @ApiOkResponse({ standardSchema: alertRule })
  async put(
    @Param({ schema: ofRule }) { shop, rule }: z.output<typeof ofRule>,
    @Body({ schema: alertRuleBody }) body: AlertRuleBody,
    @Req() request: Request,
  ): Promise<AlertRule> {
    const { name } = principalOf(request);
    const put = await this.rules.put(await findShop(this.shops, shop), rule, body, name);
    this.log.info({ principal: name, shop, rule, revision: put.revision }, 'alert rule put');
    return put;
  }

  @Get(':rule/effect')
  @Roles('operator')
  @ApiOperation({ summary: 'Net sales of customers with an alert against those left alone, as an interval' })
  @ApiOkResponse({ standardSchema: effectAnswer })
  async effect(@Param({ schema: ofRule }) { shop, rule }: z.output<typeof ofRule>): Promise<EffectAnswer> {
    const known = await findShop(this.shops, shop);
    await this.rules.find(known, rule);
    return this.effects.of(known, rule);
  }
}
