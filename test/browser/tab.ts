import type { CDPSession, Page } from 'playwright-core';

/** What one tab costs, by the browser's own counters. */
export class Tab {
  private constructor(private readonly session: CDPSession) {}

  static async of(page: Page): Promise<Tab> {
    const session = await page.context().newCDPSession(page);
    await session.send('Performance.enable', { timeDomain: 'timeTicks' });
    return new Tab(session);
  }

  /** Seconds that the tab's main thread has worked so far, and the instant of that count, in seconds of one clock. */
  async work(): Promise<{ readonly busy: number; readonly at: number }> {
    const { metrics } = await this.session.send('Performance.getMetrics');
    const of = (name: string): number => metrics.find((each) => each.name === name)?.value ?? Number.NaN;
    return { busy: of('TaskDuration'), at: of('Timestamp') };
  }

  /** Bytes of JavaScript that are in use after everything unused was collected. */
  async heapBytes(): Promise<number> {
    await this.session.send('HeapProfiler.collectGarbage');
    return (await this.session.send('Runtime.getHeapUsage')).usedSize;
  }
}

/** The share of a core that a tab took between two counts, in percent. */
export function percentOfCore(before: { busy: number; at: number }, after: { busy: number; at: number }): number {
  return (100 * (after.busy - before.busy)) / (after.at - before.at);
}
