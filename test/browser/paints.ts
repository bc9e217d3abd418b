import type { Page } from 'playwright-core';

/** A count that the page showed, and when it had been painted, on this process's clock (`performance.now`). */
export interface Paint {
  readonly count: number;
  readonly at: number;
}

/** Follows what a tile shows. */
export class Paints {
  private constructor(
    private readonly page: Page,
    /** What is to be added to the page's clock; both are of this machine and run alike. */
    private readonly offset: number,
    /** How far the two clocks may be apart beyond that, in milliseconds. */
    readonly uncertaintyMs: number,
  ) {}

  /** @param testid of the element whose `data-value` is a count */
  static async of(page: Page, testid: string): Promise<Paints> {
    await page.evaluate(
      `(() => {
         const shown = document.querySelector('[data-testid=${testid}]');
         window.paints = [];
         new MutationObserver(() => {
           const count = Number(shown.dataset.value);
           // The first frame paints it. When the second begins, it has been painted: up to a frame late, never early.
           requestAnimationFrame(() => requestAnimationFrame(() => window.paints.push([count, performance.now()])));
         }).observe(shown, { attributes: true, attributeFilter: ['data-value'] });
       })()`,
    );
    let best = { roundTrip: Infinity, offset: 0 };
    for (let tries = 0; tries < 50; tries += 1) {
      const asked = performance.now();
      const there = await page.evaluate<number>('performance.now()');
      const answered = performance.now();
      const roundTrip = answered - asked;
      if (roundTrip < best.roundTrip) best = { roundTrip, offset: (asked + answered) / 2 - there };
    }
    return new Paints(page, best.offset, best.roundTrip / 2);
  }

  /** The newest count that was painted. */
  async newest(): Promise<number> {
    return this.page.evaluate<number>('window.paints.at(-1)?.[0] ?? 0');
  }

  async all(): Promise<Paint[]> {
    const paints = await this.page.evaluate<[number, number][]>('window.paints');
    return paints.map(([count, at]) => ({ count, at: at + this.offset }));
  }
}
