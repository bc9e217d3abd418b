import { backtestAnswer, backtestBody, shopParam, type BacktestAnswer, type BacktestBody } from '#contracts';
import { principalOf, Roles } from '#http';
import { LOGGER, type Logger } from '#observability';
import { findShop, SHOP_DIRECTORY, type ShopDirectory } from '#warehouse';
import { Body, Controller, HttpCode, Inject, Param, Post, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { BacktestService } from './backtest.service.js';

/** Rules tried on the weeks that are over. */
@ApiTags('alerts')
@Controller('api/v1/shops/:shop/alert-rules')
export class BacktestController {
  constructor(
    @Inject(SHOP_DIRECTORY) private readonly shops: ShopDirectory,
    @Inject(BacktestService) private readonly backtests: BacktestService,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  @Post('backtest')
  @HttpCode(200)
  @Roles('marketer')
  @ApiOperation({ summary: 'What a rule would have done over the last weeks; nothing is put, nothing is sent' })
  @ApiOkResponse({ standardSchema: backtestAnswer })
  async backtest(
    @Param({ schema: shopParam }) { shop }: { shop: string },
    @Body({ schema: backtestBody }) body: BacktestBody,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<BacktestAnswer> {
    const gone = new AbortController();
    response.once('close', () => {
      if (!response.writableFinished) gone.abort();
    });
    const begun = performance.now();
    const answer = await this.backtests.run(await findShop(this.shops, shop), body, gone.signal);
    const ms = Math.round(performance.now() - begun);
    this.log.info({ principal: principalOf(request).name, shop, rule: body.rule, weeks: body.weeks, ms }, 'alert rule tried');
    return answer;
  }
}
