import {
  modelAddedAnswer,
  modelAnswer,
  modelBody,
  modelFigureName,
  modelMoveBody,
  modelRollbackBody,
  modelsAnswer,
  modelVersion,
  shopId,
  shopModelsAnswer,
  type ModelAddedAnswer,
  type ModelAnswer,
  type ModelBody,
  type ModelMove,
  type ModelMoveBody,
  type ModelRollbackBody,
  type ModelsAnswer,
  type ShopModelsAnswer,
} from '#contracts';
import { LargeBody, principalOf, Roles } from '#http';
import { LOGGER, type Logger } from '#observability';
import { Body, Controller, Get, Header, HttpCode, Inject, Param, Post, Req } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { Request } from 'express';
import { z } from 'zod';
import { ModelsService } from './models.service.js';

const ofModel = z.object({ version: modelVersion });
const ofFigure = z.object({ version: modelVersion, name: modelFigureName });

/** Versions of models. A version never changes; which one a shop uses is said under the shop. */
@ApiTags('models')
@Controller('api/v1/models')
export class ModelsController {
  constructor(
    @Inject(ModelsService) private readonly models: ModelsService,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  @Get()
  @Roles('viewer')
  @ApiOperation({ summary: 'All versions, newest first, and the shops that use them' })
  @ApiOkResponse({ standardSchema: modelsAnswer })
  list(): Promise<ModelsAnswer> {
    return this.models.list();
  }

  @Post()
  @HttpCode(200)
  @Roles('engineer')
  @LargeBody('36mb')
  @ApiOperation({ summary: 'Adds a version that this build can score with; no shop uses it until it is promoted. Again: nothing changes' })
  @ApiOkResponse({ standardSchema: modelAddedAnswer })
  async add(@Body({ schema: modelBody }) body: ModelBody, @Req() request: Request): Promise<ModelAddedAnswer> {
    const { name } = principalOf(request);
    const answer = await this.models.add(body, name);
    this.log.info({ principal: name, version: answer.version, added: answer.added }, 'model added');
    return answer;
  }

  @Get(':version')
  @Roles('viewer')
  @ApiParam({ name: 'version', example: 'churn-seed-1a2b3c4d' })
  @ApiOperation({ summary: 'One version: its manifest, its card, the names of its figures' })
  @ApiOkResponse({ standardSchema: modelAnswer })
  show(@Param({ schema: ofModel }) { version }: { version: string }): Promise<ModelAnswer> {
    return this.models.show(version);
  }

  @Get(':version/figures/:name')
  @Roles('viewer')
  @Header('Content-Type', 'image/svg+xml')
  // A picture, never a page: whoever opens it by its address runs nothing of it.
  @Header('Content-Security-Policy', "default-src 'none'; style-src 'unsafe-inline'; sandbox")
  @ApiParam({ name: 'version', example: 'churn-seed-1a2b3c4d' })
  @ApiParam({ name: 'name', example: 'roc.svg' })
  @ApiOperation({ summary: 'A figure of the card' })
  @ApiProduces('image/svg+xml')
  @ApiOkResponse({ schema: { type: 'string' } })
  figure(@Param({ schema: ofFigure }) { version, name }: { version: string; name: string }): Promise<string> {
    return this.models.figure(version, name);
  }
}

const ofShop = z.object({ shop: shopId });
type OfShop = z.output<typeof ofShop>;

/** Which versions a shop uses. Every move is kept, with who said it. */
@ApiTags('models')
@ApiParam({ name: 'shop', example: 'online-retail' })
@Controller('api/v1/shops/:shop/models')
export class ShopModelsController {
  constructor(
    @Inject(ModelsService) private readonly models: ModelsService,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  @Get()
  @Roles('viewer')
  @ApiOperation({ summary: 'The active and the shadow version of each kind, where a rollback leads, and every move' })
  @ApiOkResponse({ standardSchema: shopModelsAnswer })
  show(@Param({ schema: ofShop }) { shop }: OfShop): Promise<ShopModelsAnswer> {
    return this.models.ofShop(shop);
  }

  @Post('promote')
  @HttpCode(200)
  @Roles('engineer')
  @ApiOperation({ summary: 'Makes a version the one whose scores count' })
  @ApiOkResponse({ standardSchema: shopModelsAnswer })
  promote(
    @Param({ schema: ofShop }) { shop }: OfShop,
    @Body({ schema: modelMoveBody }) { version }: ModelMoveBody,
    @Req() request: Request,
  ): Promise<ShopModelsAnswer> {
    return this.move(shop, 'promote', version, request);
  }

  @Post('shadow')
  @HttpCode(200)
  @Roles('engineer')
  @ApiOperation({ summary: 'Has a version scored beside the active one; nothing follows from its scores' })
  @ApiOkResponse({ standardSchema: shopModelsAnswer })
  shadow(
    @Param({ schema: ofShop }) { shop }: OfShop,
    @Body({ schema: modelMoveBody }) { version }: ModelMoveBody,
    @Req() request: Request,
  ): Promise<ShopModelsAnswer> {
    return this.move(shop, 'shadow', version, request);
  }

  @Post('withdraw')
  @HttpCode(200)
  @Roles('engineer')
  @ApiOperation({ summary: 'Takes its role from a version; without an active one nobody is scored' })
  @ApiOkResponse({ standardSchema: shopModelsAnswer })
  withdraw(
    @Param({ schema: ofShop }) { shop }: OfShop,
    @Body({ schema: modelMoveBody }) { version }: ModelMoveBody,
    @Req() request: Request,
  ): Promise<ShopModelsAnswer> {
    return this.move(shop, 'withdraw', version, request);
  }

  @Post('rollback')
  @HttpCode(200)
  @Roles('engineer')
  @ApiOperation({ summary: 'Makes active what was active before; again goes one further back' })
  @ApiOkResponse({ standardSchema: shopModelsAnswer })
  async rollback(
    @Param({ schema: ofShop }) { shop }: OfShop,
    @Body({ schema: modelRollbackBody }) { kind }: ModelRollbackBody,
    @Req() request: Request,
  ): Promise<ShopModelsAnswer> {
    const { name } = principalOf(request);
    const answer = await this.models.rollback(shop, kind, name);
    this.log.info({ principal: name, shop, kind }, 'model rolled back');
    return answer;
  }

  private async move(shop: string, move: Exclude<ModelMove, 'rollback'>, version: string, request: Request): Promise<ShopModelsAnswer> {
    const { name } = principalOf(request);
    const answer = await this.models.move(shop, move, version, name);
    this.log.info({ principal: name, shop, move, version }, 'model moved');
    return answer;
  }
}
