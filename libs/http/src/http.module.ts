import { Module, type DynamicModule } from '@nestjs/common';
import { RoomSignals } from './live-room.js';
import { PRINCIPALS, type Principals } from './principal.js';
import { SessionController } from './session.controller.js';

/** Who may ask, for every module of a process, and the browser's session. */
@Module({})
export class HttpModule {
  static forRoot(principals: Principals): DynamicModule {
    return {
      module: HttpModule,
      global: true,
      controllers: [SessionController],
      providers: [{ provide: PRINCIPALS, useValue: principals }, RoomSignals],
      exports: [PRINCIPALS, RoomSignals],
    };
  }
}
