import { role } from '#contracts';
import { Body, Controller, Delete, Get, Header, HttpCode, HttpStatus, Inject, Post, Req, Res } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { notSignedIn, principalOf, Public, Roles } from './access.js';
import { Principals, PRINCIPALS, type Principal } from './principal.js';

const signIn = z.strictObject({ token: z.string().min(1).max(500) });
const who = z.object({ name: z.string(), role });

/** A browser's way in: it shows a token once and gets a cookie that no script can read. */
@ApiTags('session')
@Controller('api/v1/session')
export class SessionController {
  constructor(@Inject(PRINCIPALS) private readonly principals: Principals) {}

  @Get()
  @Roles('viewer')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Who I am' })
  @ApiOkResponse({ standardSchema: who })
  show(@Req() request: Request): Principal {
    return principalOf(request);
  }

  @Post()
  @Public()
  @HttpCode(HttpStatus.OK)
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Signs a browser in for twelve hours' })
  @ApiOkResponse({ standardSchema: who })
  create(
    @Body({ schema: signIn }) { token }: z.output<typeof signIn>,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Principal {
    const principal = this.principals.of({}, token);
    if (!principal) throw notSignedIn();
    if (!this.principals.open) response.setHeader('set-cookie', this.principals.session(principal, request.secure));
    return principal;
  }

  @Delete()
  @Public()
  @HttpCode(HttpStatus.NO_CONTENT)
  @ApiOperation({ summary: 'Signs a browser out' })
  @ApiNoContentResponse()
  remove(@Res({ passthrough: true }) response: Response): void {
    response.setHeader('set-cookie', this.principals.noSession());
  }
}
