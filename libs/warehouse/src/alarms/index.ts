export { AlarmLogRepository, type AlarmRow } from './alarm-log.repository.js';
