import { writeCampaignDays } from './campaigns.js';
import { writeCustomers } from './customers.js';
import { writeDimensions } from './dimensions.js';
import { writeFacts } from './facts.js';
import { writeKpis } from './kpi.js';
import { StepSql, type NamedStatement, type Step } from './step.js';
import { collectTouched, emptyScratch } from './touched.js';

/**
 * Everything a refresh step runs, in order: up to `prepare` nothing that a reader sees moves, after `write` comes the
 * watermark row, and `empty` gives the memory of the work tables back.
 */
export function refreshStatements(step: Step): { prepare: NamedStatement[]; write: NamedStatement[]; empty: NamedStatement[] } {
  const s = new StepSql(step);
  const facts = s.moved('transactions.v1') || s.moved('returns.v1');
  const customersOrFacts = facts || s.moved('customers.v1');
  return {
    prepare: customersOrFacts ? collectTouched(s) : [],
    write: [
      ...(facts ? writeFacts(s) : []),
      ...(customersOrFacts || s.moved('products.v1') || s.moved('campaigns.v1') ? writeDimensions(s) : []),
      ...(facts ? [...writeKpis(s), ...writeCustomers(s)] : []),
      ...(facts || s.moved('campaigns.v1') ? writeCampaignDays(s) : []),
    ],
    empty: emptyScratch(s),
  };
}
