export { FingerprintService } from './fingerprint.service.js';
export { ReplayError, type ReplayErrorCode } from './replay.errors.js';
export { ReplayIntakeModule, ReplayModule } from './replay.module.js';
export { ReplayService, type ReplayParts } from './replay.service.js';
export { ReplayIntake, type ReplayIntakeParts } from './run/replay-intake.js';
