/**
 * Waits for a claim, or until it is no longer wanted.
 * @param signal ends the waiting, whatever becomes of the claim; who holds it in the end releases it
 * @returns whether the claim came first
 */
export async function acquired(claim: { acquire(): Promise<unknown> }, signal?: AbortSignal): Promise<boolean> {
  if (signal?.aborted) return false;
  const over = new AbortController();
  const stopped = new Promise<false>((done) => {
    signal?.addEventListener('abort', () => done(false), { once: true, signal: over.signal });
  });
  try {
    return await Promise.race([claim.acquire().then(() => true as const), stopped]);
  } finally {
    over.abort();
  }
}
