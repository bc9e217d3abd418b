export { AlarmBook } from './alarm-book.js';
export { AlarmKeeper, standsMs } from './alarm-keeper.js';
export { ALARM_TELLER, type AlarmStep, type AlarmTeller } from './alarm-teller.js';
export { alarmsConfig } from './alarms.config.js';
export { AlarmsError, type AlarmsErrorCode } from './alarms.errors.js';
export { Alarms, type Alarm } from './alarms.js';
export { AlarmsModule, AlarmsReadModule } from './alarms.module.js';
export { AlarmsService } from './alarms.service.js';
