import type { CDPSession, Page } from 'playwright-core';

/** What one tab costs, by the browser's own counters. */
export class Tab {
  private constructor(private readonly session: CDPSession) {}

  static async of(page: Page): Promise<Tab> {
    const session = await page.context().newCDPSession(page);
    await session.send('Performance.enable', { timeDomain: 'threadTicks' });
    return new Tab(session);
  }

  /** What the tab's main thread has worked so far, in seconds of processor time, and when that was asked, in seconds. */
  async work(): Promise<{ readonly busy: number; readonly at: number }> {
    const { metrics } = await this.session.send('Performance.getMetrics');
    const busy = metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN;
    return { busy, at: performance.now() / 1_000 };
  }

  /** Bytes of JavaScript that are in use after everything unused was collected. */
  async heapBytes(): Promise<number> {
    // What only weak references and finalizers kept goes with the second one.
    for (let collection = 0; collection < 2; collection += 1) await this.session.send('HeapProfiler.collectGarbage');
    return (await this.session.send('Runtime.getHeapUsage')).usedSize;
  }
}

/** The share of a core that a tab took between two counts, in percent. */
export function percentOfCore(before: { busy: number; at: number }, after: { busy: number; at: number }): number {
  return (100 * (after.busy - before.busy)) / (after.at - before.at);
}
