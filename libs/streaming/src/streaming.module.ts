import { Module, type DynamicModule } from '@nestjs/common';
import { STREAMING, type Streaming } from './streaming.js';

/** The seam over a broker whose address is known only once it runs. */
@Module({})
export class StreamingModule {
  static forRoot(streaming: Streaming): DynamicModule {
    return { module: StreamingModule, global: true, providers: [{ provide: STREAMING, useValue: streaming }], exports: [STREAMING] };
  }
}
