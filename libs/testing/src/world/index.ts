export { storedMessages, type StoredMessage } from './stored-messages.js';
export { ticksIn, worldFaults, type WorldFaults } from './world-faults.js';
