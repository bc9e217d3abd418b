import {
  fingerprintAnswer,
  replayAnswer,
  replayBody,
  replayChange,
  replayPlanAnswer,
  replayPlanQuery,
  replaysAnswer,
  shopId,
  type FingerprintAnswer,
  type ReplayAnswer,
  type ReplayBody,
  type ReplayChange,
  type ReplayPlanAnswer,
  type ReplayPlanQuery,
  type ReplaysAnswer,
} from '#contracts';
import { principalOf, Roles } from '#http';
import { LOGGER, type Logger } from '#observability';
import { findShop, SHOP_DIRECTORY, type ShopDirectory } from '#warehouse';
import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Patch, Post, Query, Req } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { Request } from 'express';
import { z } from 'zod';
import { FingerprintService } from './fingerprint.service.js';
import { ReplayService } from './replay.service.js';

const ofShop = z.object({ shop: shopId });
const ofReplay = z.object({ shop: shopId, sandbox: shopId });
type OfReplay = z.output<typeof ofReplay>;

/** Replays of a shop's history into sandboxes, and what a shop holds, in a form that can be compared. */
@ApiTags('replay')
@ApiParam({ name: 'shop', example: 'online-retail' })
@Controller('api/v1/shops/:shop')
export class ReplayController {
  constructor(
    @Inject(ReplayService) private readonly replays: ReplayService,
    @Inject(FingerprintService) private readonly fingerprints: FingerprintService,
    @Inject(SHOP_DIRECTORY) private readonly shops: ShopDirectory,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  @Get('replay-plan')
  @Roles('engineer')
  @ApiOperation({ summary: 'What a replay would do: messages, bytes, gaps, time; nothing is made' })
  @ApiOkResponse({ standardSchema: replayPlanAnswer })
  plan(
    @Param({ schema: ofShop }) { shop }: { shop: string },
    @Query({ schema: replayPlanQuery }) query: ReplayPlanQuery,
  ): Promise<ReplayPlanAnswer> {
    return this.replays.survey(shop, query);
  }

  @Post('replays')
  @HttpCode(200)
  @Roles('engineer')
  @ApiOperation({ summary: 'Replays the history of the shop into a new sandbox' })
  @ApiOkResponse({ standardSchema: replayAnswer })
  async start(
    @Param({ schema: ofShop }) { shop }: { shop: string },
    @Body({ schema: replayBody }) body: ReplayBody,
    @Req() request: Request,
  ): Promise<ReplayAnswer> {
    const { name } = principalOf(request);
    const started = await this.replays.start(shop, body, name);
    this.log.info({ principal: name, shop, ...body }, 'replay started');
    return started;
  }

  @Get('replays')
  @Roles('viewer')
  @ApiOperation({ summary: 'Replays of the shop that still have a sandbox' })
  @ApiOkResponse({ standardSchema: replaysAnswer })
  async list(@Param({ schema: ofShop }) { shop }: { shop: string }): Promise<ReplaysAnswer> {
    return { replays: await this.replays.list(shop) };
  }

  @Get('replays/:sandbox')
  @Roles('viewer')
  @ApiOperation({ summary: 'One replay and how far it is' })
  @ApiOkResponse({ standardSchema: replayAnswer })
  show(@Param({ schema: ofReplay }) { shop, sandbox }: OfReplay): Promise<ReplayAnswer> {
    return this.replays.show(shop, sandbox);
  }

  @Patch('replays/:sandbox')
  @Roles('engineer')
  @ApiOperation({ summary: 'Another speed, a pause, or an end of it' })
  @ApiOkResponse({ standardSchema: replayAnswer })
  async change(
    @Param({ schema: ofReplay }) { shop, sandbox }: OfReplay,
    @Body({ schema: replayChange }) change: ReplayChange,
    @Req() request: Request,
  ): Promise<ReplayAnswer> {
    const { name } = principalOf(request);
    const changed = await this.replays.change(shop, sandbox, change, name);
    this.log.info({ principal: name, shop, sandbox, ...change }, 'replay changed');
    return changed;
  }

  @Delete('replays/:sandbox')
  @HttpCode(204)
  @Roles('engineer')
  @ApiOperation({ summary: 'Ends the replay and deletes its sandbox' })
  @ApiNoContentResponse()
  async remove(@Param({ schema: ofReplay }) { shop, sandbox }: OfReplay, @Req() request: Request): Promise<void> {
    await this.replays.remove(shop, sandbox);
    this.log.info({ principal: principalOf(request).name, shop, sandbox }, 'sandbox removed');
  }

  @Get('fingerprint')
  @Roles('operator')
  @ApiOperation({ summary: 'An order-free fingerprint of every table: two shops that hold the same show the same' })
  @ApiOkResponse({ standardSchema: fingerprintAnswer })
  async fingerprint(@Param({ schema: ofShop }) { shop }: { shop: string }): Promise<FingerprintAnswer> {
    return this.fingerprints.of(await findShop(this.shops, shop));
  }
}
