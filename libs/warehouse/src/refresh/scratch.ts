/** What a step has to look at again, where it is too much for literals. Kept in memory by the engine. */
export const scratchTables = ['dirty', 'customers', 'campaign_days'] as const;
export type ScratchTable = (typeof scratchTables)[number];

/** A claim's own copy of a work table: a refresher that was taken over must not empty or fill that of the other one. */
export function scratchOf(table: ScratchTable, claim: number): string {
  return `scratch_${table}_${claim}`;
}

/** Whether a table is a work table of a claim before this one. */
export function isOfEarlierClaim(name: string, claim: number): boolean {
  const of = /^scratch_[a-z_]+_(\d+)$/.exec(name)?.[1];
  return of !== undefined && Number(of) < claim;
}
