import { describe, expect, it } from 'vitest';
import { accessibilityOf, sidewaysScroll, textOf, type View, type Watched } from '../browser/stage.js';
import { screens } from './screens.js';
import { staged } from './staged.js';

const stage = staged((gateway) => {
  gateway.addShop('demo').demand = 'counted';
  gateway.addShop('bare');
});

async function visit(path = '/?shop=demo&page=demand', view?: View): Promise<Watched> {
  const watched = await stage.visit(path, view);
  await watched.page.getByRole('heading', { level: 1, name: 'Demand' }).waitFor();
  return watched;
}

describe('the demand page', () => {
  it('shows forecasts with their interval and measures beside the best possible, and what to order', async () => {
    const { page, complaints } = await visit();
    await page.getByTestId('order-now').first().waitFor();
    expect(await page.getByTestId('category-row').first().innerText()).toMatch(
      /Kitchen\s+1,716\s+1,538 – 2,073\s+0\.10\s+0\.09\s+0\.42\s+−?-?0\.03\s+88%/,
    );
    const rows = await page.getByTestId('product-row').allInnerTexts();
    // Short, covered, sold more than was counted, never counted.
    expect(rows.slice(0, 4).map((row) => row.split(/\s+/).slice(-4).join(' '))).toEqual([
      '20 95 189 169',
      '500 48 95 0',
      '-3 32 63 66',
      '– 24 48 –',
    ]);
    expect(rows).toHaveLength(50);
    await page.getByRole('button', { name: 'Show more' }).click();
    expect(await page.getByTestId('product-row').count()).toBe(60);
    await page.getByTestId('short').click();
    await page.getByTestId('product-row').nth(2).waitFor({ state: 'detached' });
    expect(await page.getByTestId('order-now').allInnerTexts()).toEqual(['169', '66']);
    await page.getByTestId('chart').locator('canvas').waitFor();
    expect(complaints).toEqual([]);
  });

  it('of a shop whose tables are being made says so, and shows its forecasts by itself when they are there', async () => {
    stage.gateway.refusal = { code: 'shop-not-ready', detail: 'demo is being prepared.' };
    const { page } = await visit();
    await page.getByText('demo is being prepared.').first().waitFor();
    stage.gateway.refusal = null;
    // Forecasts are asked for once a minute: this is sooner.
    await page.getByTestId('order-now').first().waitFor({ timeout: 10_000 });
    await page.getByTestId('trouble').first().waitFor({ state: 'detached' });
  });

  it('draws the series that is chosen, keeps every choice in the address, and asks with it', async () => {
    const { page, complaints } = await visit();
    await page.getByTestId('region-course').getByRole('heading', { name: 'Kitchen' }).waitFor();
    await page.getByRole('button', { name: 'P-002' }).click();
    await page.getByTestId('region-course').getByRole('heading', { name: 'P-002' }).waitFor();
    await page.getByTestId('days-7').click();
    await page.getByTestId('lead').selectOption('14');
    await page.getByTestId('product-row').nth(1).getByText('500').waitFor();
    await page.getByTestId('product-row').nth(1).getByText('142', { exact: true }).waitFor();
    expect(new URL(page.url()).search).toBe('?shop=demo&page=demand&days=7&lead=14&level=product&key=P-002');
    await page.getByText('Day by day').click();
    expect(await page.getByTestId('region-course').locator('tbody tr').count()).toBe(7);
    expect(complaints).toEqual([]);
  });

  it('of a shop without a forecast says what to run, and of one where nobody counted that it is so', async () => {
    const { page, complaints } = await visit('/?shop=bare&page=demand');
    expect(await textOf(page, 'demand-words')).toBe(
      'bare has no forecast yet. Make one: npm run train -- --shop bare --kind demand, or with --follow one each day.',
    );
    expect(await page.getByTestId('category-row').count()).toBe(0);
    expect(await accessibilityOf(page)).toEqual([]);
    stage.gateway.shopOf('bare').demand = 'uncounted';
    await page.reload();
    expect(await textOf(page, 'not-counted')).toContain('Nobody counted any stock');
    expect(complaints).toEqual([]);
  });

  it('says of a forecast that it is not of today, and warns where it is older than a day', async () => {
    const { page } = await visit();
    await page.getByTestId('order-now').first().waitFor();
    expect(await page.getByTestId('demand-words').count()).toBe(0);
    stage.gateway.shopOf('demo').demand = 'yesterday';
    await page.reload();
    expect(await textOf(page, 'demand-words')).toContain('The forecast was made 1 day ago');
    expect(await page.getByTestId('demand-words').getAttribute('data-tone')).toBeNull();
    stage.gateway.shopOf('demo').demand = 'stale';
    await page.reload();
    expect(await textOf(page, 'demand-words')).toContain('The forecast was made 9 days ago');
    expect(await page.getByTestId('demand-words').getAttribute('data-tone')).toBe('warn');
    expect(await accessibilityOf(page)).toEqual([]);
  });

  it('says what was refused, of the forecast and of what to order apart', async () => {
    stage.gateway.shopOf('demo').demand = 'without-quantile';
    const { page } = await visit();
    await page.getByTestId('region-product').getByTestId('trouble').getByText('forecast-without').waitFor();
    expect(await page.getByTestId('category-row').count()).toBe(3);
    expect(await page.getByTestId('order-now').first().innerText()).toBe('–');
    await page.goto(`${stage.gateway.url}/?shop=demo&page=demand&level=category&key=Toys`);
    await page.getByTestId('region-course').getByTestId('trouble').getByText('series-unknown').waitFor();
  });

  for (const { width, scheme } of screens([360, 1280]))
    it(`${width} pixels, ${scheme}: no sideways scroll, no complaint, axe clean`, async () => {
      const { page, complaints } = await visit('/?shop=demo&page=demand', { width, scheme });
      await page.getByTestId('chart').locator('canvas').waitFor();
      await page.getByTestId('order-now').first().waitFor();
      expect(await sidewaysScroll(page)).toBe(0);
      expect(await accessibilityOf(page)).toEqual([]);
      expect(complaints).toEqual([]);
    });
});
