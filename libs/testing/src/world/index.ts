export { storedMessages, type StoredMessage } from './stored-messages.js';
export { ticksIn, worldFaults, type WorldFaults } from './world-faults.js';
export { promoteFixture } from './fixture-model.js';
export { toldAlerts } from './told-alerts.js';
