import { describe, expect, it } from 'vitest';
import { accessibilityOf, textOf, type View, type Watched } from '../browser/stage.js';
import { staged } from './staged.js';

const stage = staged((gateway) => {
  gateway.addShop('demo').sell('120.50');
  gateway.addShop('online-retail', { currency: 'EUR', timeZone: 'Europe/Paris' }).sell('7.25');
});

/** Opens the page and waits until its figures stand. */
async function visit(path = '/?shop=demo', view?: View): Promise<Watched> {
  const watched = await stage.visit(path, view);
  await watched.page.getByTestId('tile-orders-value').waitFor();
  return watched;
}

describe('figures', () => {
  it('move with the shop, without a complaint of the browser', async () => {
    const { page, complaints } = await visit();
    expect(await textOf(page, 'tile-grossSales-value')).toBe('£120.50');
    const before = await page.getByTestId('tile-grossSales').getAttribute('data-generation');
    stage.gateway.sell('demo', '0.005', { id: 'late', entity: '600001', time: '2011-12-09T12:49:07Z' });
    await page.getByTestId('tile-orders-value').getByText('2', { exact: true }).waitFor();
    // Half a penny more: rounded on the screen, every digit in the title.
    expect(await textOf(page, 'tile-grossSales-value')).toBe('£120.51');
    expect(await page.getByTestId('tile-grossSales-value').getAttribute('title')).toBe('GBP 120.505');
    expect(await page.getByTestId('tile-grossSales').getAttribute('data-generation')).not.toBe(before);
    expect(await page.getByTestId('feed-item').first().innerText()).toMatch(/12:49:07\s+Order/);
    await page.getByTestId('chart').locator('canvas').waitFor();
    expect(await page.getByTestId('pill').getAttribute('data-state')).toBe('live');
    expect(complaints).toEqual([]);
  });

  it('have digits that a float has not', async () => {
    stage.gateway.shops.get('demo')?.sell('9007199254740993.01');
    const { page } = await visit();
    expect(await textOf(page, 'tile-grossSales-value')).toBe('£9,007,199,254,741,113.51');
  });

  it('compare with the period before in an arrow, digits and words', async () => {
    const shop = stage.gateway.shops.get('demo');
    if (shop) shop.before = 241_000_000n;
    const { page } = await visit();
    const change = page.getByTestId('tile-grossSales-change');
    expect(await change.getAttribute('data-direction')).toBe('down');
    expect(await change.innerText()).toMatch(/50\.0%/);
    expect(await change.textContent()).toContain('down 50.0% against the previous period');
    // Fewer returns are good news.
    expect(await page.getByTestId('tile-returns-change').getAttribute('data-tone')).toBe('good');
  });
});

describe('a pause', () => {
  it('by Space holds the figures, counts what waits, and resumes with the newest', async () => {
    const { page } = await visit();
    await page.keyboard.press('Space');
    await page.getByTestId('pause-bar').waitFor();
    expect(await page.getByTestId('pill').getAttribute('data-state')).toBe('paused');
    stage.gateway.sell('demo', '10');
    stage.gateway.sell('demo', '10');
    await page.locator('[data-testid=waiting][data-snapshots="8"][data-items="2"]').waitFor();
    expect(await textOf(page, 'waiting')).toBe('8 snapshots and 2 feed items wait.');
    expect(await textOf(page, 'tile-orders-value')).toBe('1');
    await page.keyboard.press('Space');
    await page.getByTestId('tile-orders-value').getByText('3', { exact: true }).waitFor();
    expect(await page.getByTestId('feed-item').count()).toBe(3);
    expect(await page.getByTestId('pause-bar').count()).toBe(0);
  });

  it('by the button; Space on another control is that control', async () => {
    const { page } = await visit();
    const pill = page.getByTestId('pill');
    await page.getByTestId('pause').click();
    expect(await pill.getAttribute('data-state')).toBe('paused');
    await page.getByTestId('pause').click();
    await page.getByTestId('theme').focus();
    await page.keyboard.press('Space');
    expect(await page.getByTestId('theme').getAttribute('aria-label')).toContain('Theme: light');
    expect(await pill.getAttribute('data-state')).toBe('live');
  });
});

describe('the view', () => {
  it('stands in the address: shop and period, and a link shows the same', async () => {
    const { page } = await visit();
    await page.getByTestId('shop').selectOption('online-retail');
    await page.getByTestId('tile-grossSales-value').getByText('€7.25').waitFor();
    expect(await textOf(page, 'span')).toContain('Europe/Paris');
    await page.getByRole('radiogroup').getByText('365 days').click();
    await page.getByText('Revenue by week').waitFor();
    expect(new URL(page.url()).search).toBe('?shop=online-retail&period=last-365-days');
    const address = page.url().slice(stage.gateway.url.length);
    const again = await visit(address);
    expect(await textOf(again.page, 'tile-grossSales-value')).toBe('€7.25');
    await again.page.getByText('Revenue by week').waitFor();
    await again.page.getByRole('radiogroup').getByText('30 days').click();
    await again.page.getByText('Revenue by day').waitFor();
    await again.page.goBack();
    await again.page.getByText('Revenue by week').waitFor();
  });

  it('takes two days from the calendar, the last one included', async () => {
    const { page, complaints } = await visit();
    await page.getByTestId('dates').click();
    await page.getByRole('button', { name: '5 December 2011', exact: true }).click();
    await page.getByRole('button', { name: '7 December 2011', exact: true }).click();
    await page.waitForURL(/period=custom&from=2011-12-05&to=2011-12-08/);
    expect(await textOf(page, 'dates')).toBe('5 Dec 2011 – 7 Dec 2011');
    expect(complaints).toEqual([]);
  });

  it('without a shop in the address opens the first one that is ready', async () => {
    const { page } = await visit('/');
    expect(await page.getByTestId('shop').inputValue()).toBe('demo');
  });
});

describe('the connection', () => {
  it('lost keeps the figures and says so; regained shows the newest by itself', async () => {
    const { page } = await visit();
    await stage.gateway.stop();
    await page.locator('[data-testid=pill][data-state=reconnecting]').waitFor();
    expect(await textOf(page, 'tile-orders-value')).toBe('1');
    expect(await textOf(page, 'lost-bar')).toContain('Connection lost.');
    expect(await accessibilityOf(page)).toEqual([]);
    stage.gateway.shops.get('demo')?.sell('10');
    await stage.gateway.start();
    await page.locator('[data-testid=pill][data-state=live]').waitFor({ timeout: 15_000 });
    expect(await page.getByTestId('lost-bar').count()).toBe(0);
    await page.getByTestId('tile-orders-value').getByText('2', { exact: true }).waitFor();
    stage.gateway.sell('demo', '10');
    await page.getByTestId('tile-orders-value').getByText('3', { exact: true }).waitFor();
  });

  it('that loses a snapshot asks for it by REST, once', async () => {
    const { page } = await visit();
    stage.gateway.fault('headline', 'lose');
    stage.gateway.sell('demo', '10');
    expect(stage.gateway.refetches).toBe(0);
    stage.gateway.sell('demo', '10');
    await page.getByTestId('tile-orders-value').getByText('3', { exact: true }).waitFor();
    await expect.poll(() => stage.gateway.refetches).toBe(1);
    await page.locator('[data-testid=pill][data-state=live]').waitFor();
  });

  it('that lags is behind, in words', async () => {
    const { page } = await visit();
    const shop = stage.gateway.shops.get('demo');
    if (shop) shop.lagMs = 7_000;
    stage.gateway.setPipeline('demo', { lag: 1200, waitingMs: 1_500 });
    stage.gateway.sell('demo', '10');
    await page.locator('[data-testid=pill][data-state=behind]').waitFor();
    expect(await textOf(page, 'pill')).toBe('Behind');
    expect(await page.getByTestId('pipeline-lag').innerText()).toContain('1,200');
  });

  it('does not lag while messages are on their way, only when they wait', async () => {
    const { page } = await visit();
    const lag = page.getByTestId('pipeline-lag');
    stage.gateway.setPipeline('demo', { lag: 11 });
    await lag.getByText('11 on the way; running').waitFor();
    expect(await lag.innerText()).toContain('None');
    expect(await page.getByTestId('pill').getAttribute('data-state')).toBe('live');
    stage.gateway.setPipeline('demo', { lag: 11, waitingMs: 12_300 });
    await lag.getByText('11 messages wait; running').waitFor();
    expect(await lag.innerText()).toContain('12 s');
    expect(await page.getByTestId('pill').getAttribute('data-state')).toBe('behind');
  });

  it('knows no lag while Kafka is away, and does not pass for the newest', async () => {
    const { page } = await visit();
    const lag = page.getByTestId('pipeline-lag');
    stage.gateway.setPipeline('demo', { state: 'broker-away' });
    await lag.getByText('figures stand still until Kafka answers; broker-away').waitFor();
    expect(await lag.innerText()).toContain('Not known');
    expect(await lag.locator('dd').first().getAttribute('data-tone')).toBe('bad');
    expect(await page.getByTestId('pill').getAttribute('data-state')).toBe('behind');
    expect(await accessibilityOf(page)).toEqual([]);
    stage.gateway.setPipeline('demo', { state: 'running' });
    await lag.getByText('nothing waits; running').waitFor();
    expect(await page.getByTestId('pill').getAttribute('data-state')).toBe('live');
  });

  it('while the history of a source comes in says so, until its clock starts', async () => {
    const shop = stage.gateway.shops.get('demo');
    const { page } = await visit();
    expect(await page.getByTestId('history-coming').count()).toBe(0);
    const now = shop?.now ?? '';
    if (shop) Object.assign(shop, { now: null });
    stage.gateway.setPipeline('demo', { clock: { mode: 'source', now: null, speed: null } });
    stage.gateway.sell('demo', '10');
    await page.getByTestId('history-coming').waitFor();
    expect(await page.getByTestId('pipeline-shop-clock').innerText()).toContain('Not started');
    expect(await accessibilityOf(page)).toEqual([]);
    if (shop) shop.now = now;
    stage.gateway.sell('demo', '10');
    await page.getByTestId('history-coming').waitFor({ state: 'detached' });
  });
});
