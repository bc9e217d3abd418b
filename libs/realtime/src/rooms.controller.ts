import { roomNames, snapshot, type Snapshot } from '#contracts';
import { principalOf, Roles } from '#http';
import { Controller, Get, Header, Inject, Param, Query, Req } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { Request } from 'express';
import { LiveHub } from './live-hub.js';

/** Live rooms for those who missed something, or who do not hold a connection. */
@ApiTags('live')
@Controller('api/v1/shops/:shop/rooms')
export class RoomsController {
  constructor(@Inject(LiveHub) private readonly hub: LiveHub) {}

  @Get(':name')
  @Roles('viewer')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'The newest snapshot of a live room, as its viewers have it; the room may ask for a higher role' })
  @ApiParam({ name: 'shop', example: 'online-retail' })
  @ApiParam({ name: 'name', enum: roomNames })
  @ApiOkResponse({ standardSchema: snapshot })
  show(@Param('shop') shop: string, @Param('name') name: string, @Query() query: unknown, @Req() request: Request): Promise<Snapshot> {
    return this.hub.snapshot(principalOf(request), { shop, name, query: { ...(query as object) } });
  }
}
