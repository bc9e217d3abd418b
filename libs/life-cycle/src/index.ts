export { comeDue, newCase, nextDue, obey, recover, type Case, type CaseOrder, type CaseWords, type Refused, type Taken } from './case.js';
export { isLive, lifeCycle, refusalCodes, type RefusalCode } from './life-cycle.js';
