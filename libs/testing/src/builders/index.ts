export { aCampaign, aCampaignDay, aCustomer, aLine, anOrder, aProduct, aReturn, aReturnLine, aStockCount, aTick } from './builders.js';
export { altered, aRawMessage, rewritten, usualInstant, type EnvelopeChange, type TestMessage } from './message.js';
export { aManifest } from './model.js';
