import { modelsSummaryAnswer, scoreboardAnswer, shopParam, type ModelsSummaryAnswer, type ScoreboardAnswer } from '#contracts';
import { Roles } from '#http';
import { findShop, ModelRepository, SHOP_DIRECTORY, type ShopDirectory } from '#warehouse';
import { Controller, Get, Inject, Param } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { isKept, summarisedKinds, summaryOfActive, withoutVersion } from './models-summary.js';
import { ScoreboardService } from './scoreboard.service.js';

/** Whether the models of a shop keep what they promise. */
@ApiTags('models')
@ApiParam({ name: 'shop', example: 'online-retail' })
@Controller('api/v1/shops/:shop/models')
@Roles('viewer')
export class ScoreboardController {
  constructor(
    @Inject(SHOP_DIRECTORY) private readonly shops: ShopDirectory,
    @Inject(ScoreboardService) private readonly board: ScoreboardService,
    @Inject(ModelRepository) private readonly models: ModelRepository,
  ) {}

  @Get('scoreboard')
  @ApiOperation({ summary: 'Predicted against happened by version, month, band and tenth, and how far features and scores have moved' })
  @ApiOkResponse({ standardSchema: scoreboardAnswer })
  async scoreboard(@Param({ schema: shopParam }) { shop }: { shop: string }): Promise<ScoreboardAnswer> {
    return this.board.of(await findShop(this.shops, shop));
  }

  @Get('summary')
  @ApiOperation({ summary: 'The three models together: the active versions, how good they were at their tests, and are' })
  @ApiOkResponse({ standardSchema: modelsSummaryAnswer })
  async summary(@Param({ schema: shopParam }) { shop: name }: { shop: string }): Promise<ModelsSummaryAnswer> {
    const shop = await findShop(this.shops, name);
    const [board, roles] = [await this.board.of(shop), await this.models.roles(shop)];
    const models = await Promise.all(
      summarisedKinds.map(async (kind) => {
        const active = isKept(kind) ? roles.get(kind)?.active : undefined;
        if (!isKept(kind) || active === undefined) return withoutVersion(kind, name);
        return summaryOfActive(kind, active, (await this.models.known(active)).manifest, board);
      }),
    );
    const { asOf, generation, watermark, partial } = board;
    return { shop: name, asOf, generation, watermark, partial, models };
  }
}
