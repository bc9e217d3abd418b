import { customerParam, customerValueAnswer, type CustomerValueAnswer } from '#contracts';
import { Roles } from '#http';
import { findShop, SHOP_DIRECTORY, type ShopDirectory } from '#warehouse';
import { Controller, Get, Inject, Param } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { ValuesService } from './values.service.js';

/** What customers are expected to bring. */
@ApiTags('scores')
@ApiParam({ name: 'shop', example: 'online-retail' })
@Controller('api/v1/shops/:shop')
@Roles('viewer')
export class ValuesController {
  constructor(
    @Inject(SHOP_DIRECTORY) private readonly shops: ShopDirectory,
    @Inject(ValuesService) private readonly values: ValuesService,
  ) {}

  @Get('customers/:id/value')
  @ApiOperation({ summary: 'Net sales expected of one customer in twelve months, and whether that is a projection' })
  @ApiOkResponse({ standardSchema: customerValueAnswer })
  async ofCustomer(@Param({ schema: customerParam }) { shop, id }: { shop: string; id: string }): Promise<CustomerValueAnswer> {
    return this.values.ofCustomer(await findShop(this.shops, shop), id);
  }
}
