import type { SummaryAnswer } from '#contracts';
import { World, worldCurrency, worldEnd, worldTimeZone } from '#simulation';
import { foldOracle, type Instance, type OracleMessage, type Summary } from '#testing';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright-core';

/** The shop that `npm start` shows. */
export const demo = 'demo';

/** What the two years of the demo shop are, by a plain fold over the world that is sent. Takes some seconds. */
export function demoHistory(): Summary {
  const messages: OracleMessage[] = [];
  for (const { topic, value } of new World({ profile: 'seed' }).history()) {
    if (topic === 'transactions.v1' || topic === 'returns.v1') messages.push({ topic, value });
  }
  return foldOracle(messages, { timeZone: worldTimeZone, currency: worldCurrency }).summary({ to: new Date(worldEnd).toISOString() });
}

/** Figures of the two years that the API gives otherwise; those of after them are not looked at. */
export async function historyDifferences(instance: Instance, history: Summary): Promise<string[]> {
  const { figures } = await instance.get<SummaryAnswer>(`/api/v1/shops/${demo}/kpis/summary?to=${new Date(worldEnd).toISOString()}`);
  const compared = ['grossSales', 'returns', 'netSales', 'orders', 'units', 'buyers', 'repeatRate'] as const;
  return compared.filter((name) => String(figures[name]) !== String(history[name])).map((name) => `${name}: ${figures[name]}`);
}

/**
 * Resolves when the tile of the page has shown so many orders, or more: live ones come on top. The page must show all time.
 * Playwright's own way to wait for a condition compiles it in the page, which the content policy forbids.
 * @throws when it does not within some milliseconds
 */
export async function ordersOnPage(page: Page, orders: number, withinMs: number): Promise<void> {
  await page.evaluate(
    `new Promise((done, failed) => {
       const end = performance.now() + ${withinMs};
       const shown = () => Number(document.querySelector('[data-testid=tile-orders-value]')?.dataset.value ?? 0);
       const look = () => {
         // The frame after the one in which it stands: by then it has been painted.
         if (shown() >= ${orders}) return void requestAnimationFrame(done);
         if (performance.now() > end) return failed(new Error('The page shows ' + shown() + ' orders after ${withinMs} ms, not ${orders}.'));
         // Not at each frame: that would have all of them painted, which takes a core from what is measured.
         setTimeout(look, 50);
       };
       look();
     })`,
  );
}

/** Resolves when the page says that it is live, and that the last audit found nothing. */
export async function liveAndExact(page: Page, withinMs: number): Promise<void> {
  await page.locator('[data-testid=pill][data-state=live]').waitFor({ timeout: withinMs });
  await page.getByTestId('pipeline-audit').getByText('Exact').waitFor({ timeout: withinMs });
}

/** Asks until it is so. @throws when it is not so in time, with what was waited for */
export async function until(what: string, isSo: () => Promise<boolean>, withinMs = 60_000): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`Not within ${withinMs / 1000} s: ${what}`);
    await sleep(100);
  }
}
