export { judge, rejectionReasons, type Judgement, type RejectionReason } from './ledger/judge.js';
export { contentHash, canonicalJson } from './ledger/canonical-json.js';
export { gapRow, ledgerRows, type PlacedMessage } from './ledger/ledger-rows.js';
export { ledgerConsumers } from './ledger-consumers.js';
export { nextPositions, Refresher, type Committed, type RefresherOptions } from './refresh/refresher.js';
