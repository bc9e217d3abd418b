import { writeCampaignDays } from './campaigns.js';
import { writeCustomers } from './customers.js';
import { writeDimensions } from './dimensions.js';
import { writeFacts } from './facts.js';
import { writeKpis } from './kpi.js';
import { StepSql, type NamedStatement, type Step } from './step.js';
import { collectTouched, emptyScratch } from './touched.js';

/**
 * Everything a refresh step runs before its watermark row, in order. Up to `prepare` nothing that a reader sees moves.
 */
export function refreshStatements(step: Step): { prepare: NamedStatement[]; write: NamedStatement[] } {
  const s = new StepSql(step);
  const facts = s.moved('transactions.v1') || s.moved('returns.v1');
  const customersOrFacts = facts || s.moved('customers.v1');
  return {
    prepare: [...emptyScratch(s), ...(customersOrFacts ? collectTouched(s) : [])],
    write: [
      ...(facts ? writeFacts(s) : []),
      ...(customersOrFacts || s.moved('products.v1') || s.moved('campaigns.v1') ? writeDimensions(s) : []),
      ...(facts ? [...writeKpis(s), ...writeCustomers(s)] : []),
      ...(facts || s.moved('campaigns.v1') ? writeCampaignDays(s) : []),
    ],
  };
}
