import { customerParam, customerScoreAnswer, scoresSummaryAnswer, type CustomerScoreAnswer, type ScoresSummaryAnswer } from '#contracts';
import { Roles } from '#http';
import { findShop, ScoreReads, SHOP_DIRECTORY, type ShopDirectory } from '#warehouse';
import { Controller, Get, Inject, Param } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { churnBands } from '../engine/index.js';
import { ScoringError } from '../scoring.errors.js';

/** What the scorer has decided. */
@ApiTags('scores')
@ApiParam({ name: 'shop', example: 'online-retail' })
@Controller('api/v1/shops/:shop')
@Roles('viewer')
export class ScoresController {
  constructor(
    @Inject(SHOP_DIRECTORY) private readonly shops: ShopDirectory,
    @Inject(ScoreReads) private readonly scores: ScoreReads,
  ) {}

  @Get('scores/summary')
  @ApiOperation({ summary: 'Customers per churn band, and how far they are decided on' })
  @ApiOkResponse({ standardSchema: scoresSummaryAnswer })
  async summary(@Param('shop') name: string): Promise<ScoresSummaryAnswer> {
    const shop = await findShop(this.shops, name);
    const { state, bands, nextCrossing } = await this.scores.summary(shop);
    const customers = bands.reduce((sum, each) => sum + each.customers, 0);
    return {
      shop: shop.shop,
      model: state?.model ?? null,
      asOf: textOf(state?.clock),
      complete: state !== undefined && state.sweep === undefined,
      customers,
      meanProbability: customers === 0 ? null : bands.reduce((sum, each) => sum + each.mean * each.customers, 0) / customers,
      bands: churnBands.map(({ band }) => {
        const found = bands.find((each) => each.band === band);
        return { band, customers: found?.customers ?? 0, meanProbability: found?.mean ?? null };
      }),
      nextCrossing: textOf(nextCrossing),
    };
  }

  @Get('customers/:id/score')
  @ApiOperation({ summary: 'The newest churn score of one customer, with its reasons' })
  @ApiOkResponse({ standardSchema: customerScoreAnswer })
  async ofCustomer(@Param({ schema: customerParam }) { shop: name, id }: { shop: string; id: string }): Promise<CustomerScoreAnswer> {
    const shop = await findShop(this.shops, name);
    const found = await this.scores.ofCustomer(shop, id);
    if (!found || found.band === 'none') {
      throw new ScoringError(
        'score-unknown',
        `${id} has no score in ${name}: no such customer, one without an order, or nobody was scored yet (GET /api/v1/shops/${name}/scores/summary).`,
      );
    }
    const { customerId, model, cause, probability, band, previousBand, orders, stake } = found;
    return {
      ...{ customerId, model, cause, probability, band, orders },
      decidedAt: new Date(found.decidedAt).toISOString(),
      previousBand: previousBand === 'none' ? null : previousBand,
      reasons: [...found.reasons],
      nextCrossing: textOf(found.nextCrossing),
      netValueAtStake: withCents(stake),
    };
  }
}

function textOf(at: number | undefined): string | null {
  return at === undefined ? null : new Date(at).toISOString();
}

/** At least two digits behind the point, as amounts are shown. */
function withCents(amount: string): string {
  const [whole = '0', fraction = ''] = amount.split('.');
  return `${whole}.${fraction.padEnd(2, '0')}`;
}
