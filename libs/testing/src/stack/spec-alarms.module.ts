import { ALARM_TELLER, alarmsConfig, AlarmsModule, AlarmsReadModule } from '#alarms';
import { ConfigModule, readConfig } from '#config';
import { Module } from '@nestjs/common';

@Module({ providers: [{ provide: ALARM_TELLER, useValue: { tell: () => Promise.resolve() } }], exports: [ALARM_TELLER] })
class SilentTellerModule {}

/** Alarms and their routes, of which nobody is told. */
@Module({
  imports: [
    ConfigModule.forRoot(readConfig([alarmsConfig], {})),
    AlarmsModule.forRoot({ process: 'spec', teller: SilentTellerModule }),
    AlarmsReadModule,
  ],
})
export class SpecAlarmsModule {}
