/** What a shop without a single mark is told. */
export function nothingYet(shop: string, active: string | undefined, clock: string | null): string {
  if (active === undefined) {
    return `${shop} has no active churn model, so nothing was predicted. Train one: npm run train -- --shop ${shop}`;
  }
  if (clock === null) return `${shop} has no time yet: its source still sends the history.`;
  return `Customers of ${shop} are being marked, month by month; the first ones are there a minute or two after the start.`;
}

interface Known {
  /** ISO instant of the first outcome that is not known yet, where none is. */
  readonly firstMatures: string | null;
  /** Months behind the training, and how many of them are known. */
  readonly ahead: number;
  readonly known: number;
  readonly trainedAsOf: string;
}

/** How much is known of a version, in a sentence. */
export function versionWords({ firstMatures, ahead, known, trainedAsOf }: Known): string {
  if (known > 0) return `${known} of ${ahead} months that its training knew nothing of are known.`;
  if (firstMatures !== null) return `Not yet known: first labels mature on ${firstMatures.slice(0, 10)}.`;
  return `Not yet known: its training ends on ${trainedAsOf.slice(0, 10)}, and no month of this shop begins behind that yet.`;
}
