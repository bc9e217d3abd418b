import { Public } from '#http';
import { Controller, Get, Header, HttpStatus, Inject, Res } from '@nestjs/common';
import { HealthRegistry } from './health.js';
import { Metrics } from './metrics.js';

/** What this lib needs of a response; express' fits. */
interface Response {
  status(code: number): this;
  type(type: string): this;
  json(body: unknown): unknown;
  send(body: string): unknown;
}

/** `/health/live`, `/health/ready` and `/metrics`, for whatever watches the process: it carries no token. */
@Controller()
@Public()
export class ObservabilityController {
  constructor(
    @Inject(HealthRegistry) private readonly health: HealthRegistry,
    @Inject(Metrics) private readonly metrics: Metrics,
  ) {}

  @Get('health/live')
  @Header('cache-control', 'no-store')
  live(): { live: true } {
    return { live: true };
  }

  @Get('health/ready')
  @Header('cache-control', 'no-store')
  ready(@Res() response: Response): void {
    const report = this.health.report();
    response.status(report.ready ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE).json(report);
  }

  @Get('metrics')
  async scrape(@Res() response: Response): Promise<void> {
    response.type(this.metrics.contentType).send(await this.metrics.text());
  }
}
