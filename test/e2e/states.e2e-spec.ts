import { describe, expect, it } from 'vitest';
import { fill } from './fake-shop.js';
import { accessibilityOf, sidewaysScroll, textOf } from '../browser/stage.js';
import { screens } from './screens.js';
import { staged } from './staged.js';

const stage = staged();

describe('what stands in for figures', () => {
  it('no shop: says how to get one, and opens it when it comes', async () => {
    const { page, complaints } = await stage.visit('/');
    await page.getByTestId('no-shops').waitFor();
    expect(await accessibilityOf(page)).toEqual([]);
    stage.gateway.addShop('demo').sell('1.00');
    await page.getByTestId('tile-orders-value').waitFor();
    expect(complaints).toEqual([]);
  });

  it('an unknown shop: names it, and offers those there are', async () => {
    stage.gateway.addShop('demo').sell('1.00');
    const { page, complaints } = await stage.visit('/?shop=nope&period=all');
    expect(await textOf(page, 'unknown-shop')).toContain('There is no shop “nope”');
    expect(await accessibilityOf(page)).toEqual([]);
    await page.getByRole('button', { name: 'demo' }).click();
    await page.getByTestId('tile-orders-value').waitFor();
    expect(new URL(page.url()).search).toBe('?shop=demo&period=all');
    expect(complaints).toEqual([]);
  });

  it('a shop that is deleted while it is watched: says that it is not there', async () => {
    stage.gateway.addShop('demo').sell('1.00');
    stage.gateway.addShop('again', { kind: 'sandbox', replayOf: 'demo' }).sell('2.00');
    const { page } = await stage.visit('/?shop=again&period=all');
    await page.getByTestId('tile-grossSales-value').getByText('£2.00').waitFor();
    stage.gateway.removeShop('again');
    await page.getByTestId('unknown-shop').getByText('There is no shop “again”').waitFor();
    expect(await page.getByTestId('tile-grossSales-value').count()).toBe(0);
  });

  it('a sandbox: the switch says that it is one, and nobody who names no shop is taken there', async () => {
    stage.gateway.addShop('again', { kind: 'sandbox', replayOf: 'demo' }).sell('2.00');
    stage.gateway.addShop('demo').sell('1.00');
    const { page } = await stage.visit('/?period=all');
    await page.getByTestId('tile-grossSales-value').getByText('£1.00').waitFor();
    expect(await page.getByTestId('shop').locator('option').allInnerTexts()).toEqual(['again (sandbox)', 'demo']);
    await page.getByTestId('shop').selectOption('again');
    await page.getByTestId('tile-grossSales-value').getByText('£2.00').waitFor();
  });

  it('a period without an order: zeros that say so', async () => {
    stage.gateway.addShop('demo');
    const { page } = await stage.visit('/?shop=demo');
    await page.getByTestId('empty-period').waitFor();
    expect(await textOf(page, 'tile-grossSales-value')).toBe('£0.00');
    expect(await textOf(page, 'tile-aovGross-value')).toBe('–');
    expect(await textOf(page, 'tile-grossSales-change')).toContain('no comparison');
    expect(await page.getByText('No order or return has come yet').isVisible()).toBe(true);
    expect(await accessibilityOf(page)).toEqual([]);
  });

  it('a refused room: the words of the server', async () => {
    stage.gateway.addShop('demo');
    stage.gateway.refusal = { code: 'role-missing', detail: 'This room is for operators.' };
    const { page } = await stage.visit('/?shop=demo');
    await page.getByTestId('trouble').first().waitFor();
    expect(await page.getByTestId('trouble').first().innerText()).toContain('This room is for operators. role-missing');
    expect(await accessibilityOf(page)).toEqual([]);
  });

  it('a shop whose tables are made: says so, and shows the figures by itself when they are', async () => {
    stage.gateway.addShop('demo').sell('5.00');
    stage.gateway.refusal = { code: 'shop-not-ready', detail: 'demo is being prepared: its tables are made.' };
    const { page } = await stage.visit('/?shop=demo');
    await page.getByTestId('trouble').first().getByText('demo is being prepared').waitFor();
    stage.gateway.refusal = null;
    await page.getByTestId('tile-orders-value').getByText('1', { exact: true }).waitFor();
    await page.getByTestId('trouble').first().waitFor({ state: 'detached' });
  });

  it('a shop in preparation: the switch says so, until it is ready', async () => {
    stage.gateway.addShop('demo').sell('5.00');
    stage.gateway.addShop('fresh', { status: 'preparing' });
    const { page } = await stage.visit('/?shop=demo&period=all');
    const names = () => page.getByTestId('shop').locator('option').allInnerTexts();
    await expect.poll(names).toEqual(['demo', 'fresh (preparing)']);
    stage.gateway.addShop('fresh');
    await expect.poll(names, { timeout: 10_000 }).toEqual(['demo', 'fresh']);
    // All are ready: a new one is seen by who opens the switch.
    stage.gateway.addShop('later');
    await page.getByTestId('shop').focus();
    await expect.poll(names).toEqual(['demo', 'fresh', 'later']);
    stage.gateway.addShop('last');
    await page.getByTestId('shop').click();
    await expect.poll(names).toEqual(['demo', 'fresh', 'later', 'last']);
  });

  it('a store that is away: says so, and shows the figures by itself when it is back', async () => {
    stage.gateway.addShop('demo').sell('5.00');
    stage.gateway.refusal = { code: 'engine-unavailable', detail: 'ClickHouse does not answer; it is tried again.' };
    const { page } = await stage.visit('/?shop=demo');
    await page.getByTestId('trouble').first().getByText('ClickHouse does not answer').waitFor();
    stage.gateway.refusal = null;
    await page.getByTestId('tile-orders-value').getByText('1', { exact: true }).waitFor();
    await page.getByTestId('trouble').first().waitFor({ state: 'detached' });
  });

  it('a room without an answer: says so and asks again; an answer that comes late is shown', async () => {
    stage.gateway.addShop('demo').sell('5.00');
    stage.gateway.addShop('other').sell('7.00');
    const { page } = await stage.visit('/?shop=demo&period=all');
    await page.getByTestId('tile-grossSales-value').getByText('£5.00').waitFor();
    await page.clock.install();
    let answer = (): void => undefined;
    stage.gateway.answers = new Promise((done) => (answer = done));
    await page.getByTestId('shop').selectOption('other');
    await page.clock.fastForward(10_000);
    await page.getByTestId('trouble').first().getByText('did not answer').waitFor();
    // Who asks again waits for good: only the late answer can show anything.
    stage.gateway.answers = new Promise(() => undefined);
    answer();
    await page.getByTestId('tile-grossSales-value').getByText('£7.00').waitFor();
    await page.getByTestId('trouble').first().waitFor({ state: 'detached' });
  });

  it('a part of the page that does not come: words in its place, and all else stays', async () => {
    stage.gateway.addShop('demo').sell('5.00');
    const { page } = await stage.visit('/?shop=demo');
    await page.getByTestId('chart').locator('canvas').waitFor();
    await page.route('**/assets/*', (route) => route.abort());
    await page.getByRole('link', { name: 'Model' }).click();
    await page.getByTestId('server-away').getByText('part-missing').waitFor();
    expect(await accessibilityOf(page)).toEqual([]);
    await page.getByRole('link', { name: 'Overview' }).click();
    await page.getByTestId('tile-orders-value').getByText('1', { exact: true }).waitFor();
    await page.locator('[data-testid=pill][data-state=live]').waitFor();
  });

  it('a snapshot that is not understood: says so, keeps the figures, and recovers', async () => {
    stage.gateway.addShop('demo').sell('5.00');
    const { page } = await stage.visit('/?shop=demo');
    await page.getByTestId('tile-orders-value').waitFor();
    stage.gateway.fault('headline', 'garble');
    stage.gateway.sell('demo', '5.00');
    await page.getByTestId('trouble').waitFor();
    expect(await textOf(page, 'trouble')).toContain('Reload the page');
    expect(await textOf(page, 'tile-orders-value')).toBe('1');
    stage.gateway.sell('demo', '5.00');
    await page.getByTestId('tile-orders-value').getByText('3', { exact: true }).waitFor();
    expect(await page.getByTestId('trouble').count()).toBe(0);
  });

  it('a room that the server cannot read: says so and is behind, until its next snapshot', async () => {
    stage.gateway.addShop('demo').sell('5.00');
    const { page } = await stage.visit('/?shop=demo');
    await page.locator('[data-testid=pill][data-state=live]').waitFor();
    stage.gateway.trouble('headline', { code: 'engine-unavailable', detail: 'ClickHouse does not answer; it is tried again.' });
    await page.locator('[data-testid=pill][data-state=behind]').waitFor();
    expect(await textOf(page, 'trouble')).toContain('ClickHouse does not answer');
    expect(await textOf(page, 'tile-orders-value')).toBe('1');
    stage.gateway.sell('demo', '5.00');
    await page.locator('[data-testid=pill][data-state=live]').waitFor();
    expect(await page.getByTestId('trouble').count()).toBe(0);
  });

  it('alarms and a differing audit: in words', async () => {
    stage.gateway.addShop('demo').sell('5.00');
    const { page } = await stage.visit('/?shop=demo');
    await page.getByTestId('pipeline-audit').waitFor();
    const message = 'Gross sales of 9 Dec 2011 differ by 0.01. Run cli audit.';
    stage.gateway.setPipeline('demo', { audit: { at: new Date().toISOString(), ok: false }, deadLetters: 3 });
    await stage.gateway.alarmsOf('demo').raise('audit', 'totals', message);
    await stage.gateway.publishAlarms('demo');
    await page.getByTestId('alarm').waitFor();
    expect(await textOf(page, 'alarm')).toContain(message);
    expect(await textOf(page, 'pipeline-audit')).toContain('Differs');
    expect(await textOf(page, 'pipeline-dead-letters')).toContain('3');
    expect(await accessibilityOf(page)).toEqual([]);
  });

  it('alarms are taken care of: by who is first, with what is known of them, and until they are over', async () => {
    stage.gateway.addShop('demo').sell('5.00');
    const alarms = stage.gateway.alarmsOf('demo');
    await alarms.raise('gap', 'transactions.v1/0', '7 messages were deleted before they were read.');
    await alarms.raise('ledger-failed', 'ledger', 'A batch could not be written and is tried again: the disk is full.');
    const { page, complaints } = await stage.visit('/?shop=demo');
    await stage.gateway.publishAlarms('demo');
    const disk = page.getByTestId('alarm').filter({ hasText: 'ledger-failed' });
    await disk.getByText('nobody has taken it yet').waitFor();
    await disk.getByTestId('alarm-open').click();
    expect(await disk.getByTestId('runbook').getAttribute('href')).toBe('https://wiki.example.org/operations#alarm-ledger-failed');
    await disk.getByTestId('do-acknowledge').click();
    await disk.getByText('acknowledged by ann').waitFor();
    await disk.getByTestId('do-assign').click();
    await disk.getByTestId('command-form').getByRole('textbox').fill('bob');
    await disk.getByTestId('command-form').getByRole('button', { name: 'Assign' }).click();
    await disk.getByText('acknowledged by ann · with bob').waitFor();
    await disk.getByTestId('do-snooze').click();
    await disk.getByRole('button', { name: '4 hours', exact: true }).click();
    await disk.getByText('snoozed until').waitFor();
    await disk.getByTestId('log').getByText('Snoozed by ann').waitFor();
    // Somebody else was first.
    const gap = page.getByTestId('alarm').filter({ hasText: 'gap' });
    await gap.getByTestId('alarm-open').click();
    await gap.getByText('It stands until somebody acknowledges it').waitFor();
    const [shown] = (await alarms.shown()).filter(({ code }) => code === 'gap');
    await alarms.service.say(alarms.shop, shown?.alarmId ?? '', { command: 'acknowledge' }, 'carl');
    await gap.getByTestId('do-acknowledge').click();
    await gap.getByText('The alarm is over').waitFor();
    expect(await accessibilityOf(page)).toEqual([]);
    await stage.gateway.publishAlarms('demo');
    await gap.waitFor({ state: 'detached' });
    expect(await page.getByTestId('alarm').count()).toBe(1);
    // The refusal is an answer 409, which the browser itself notes.
    expect(complaints.filter((each) => !each.includes('409'))).toEqual([]);
  });

  it('alarms on a narrow screen, and for who may only look', async () => {
    stage.gateway.who = { name: 'vera', role: 'viewer' };
    stage.gateway.addShop('demo').sell('5.00');
    await stage.gateway
      .alarmsOf('demo')
      .raise('ledger-failed', 'ledger', 'A batch could not be written and is tried again: the disk is full.');
    for (const screen of screens([360, 1280])) {
      const { page } = await stage.visit('/?shop=demo', screen);
      await stage.gateway.publishAlarms('demo');
      await page.getByTestId('alarm-open').click();
      expect(await textOf(page, 'why-not')).toBe('To do any of this takes the role operator; you are viewer.');
      expect(await page.getByTestId('do-acknowledge').isDisabled()).toBe(true);
      expect(await sidewaysScroll(page)).toBe(0);
      expect(await accessibilityOf(page)).toEqual([]);
    }
  });

  it('a server that asks for a token: takes it, and shows the figures', async () => {
    stage.gateway.addShop('demo').sell('5.00');
    stage.gateway.token = 'right';
    const { page } = await stage.visit('/?shop=demo');
    const field = page.getByLabel('Access token', { exact: true });
    await field.fill('wrong');
    await page.keyboard.press('Enter');
    await page.getByText('This token is not known.').waitFor();
    expect(await accessibilityOf(page)).toEqual([]);
    await field.fill('right');
    await page.keyboard.press('Enter');
    await page.getByTestId('tile-orders-value').waitFor();
  });

  it('a connection that was on its way before one signed in, and is refused after, takes no figures away', async () => {
    stage.gateway.addShop('demo').sell('5.00');
    stage.gateway.token = 'right';
    let judge: () => void = () => undefined;
    stage.gateway.verdict = new Promise((done) => (judge = done));
    const { page } = await stage.visit('/?shop=demo');
    await page.getByLabel('Access token', { exact: true }).fill('right');
    await page.keyboard.press('Enter');
    await page.getByTestId('sign-in').waitFor({ state: 'detached' });
    judge();
    await page.locator('[data-testid=pill][data-state=live]').waitFor();
    await page.getByTestId('tile-orders-value').waitFor();
  });
});

describe('on every screen', () => {
  for (const { width, scheme } of screens([360, 768, 1280, 1920])) {
    it(`${width} pixels, ${scheme}: no sideways scroll, no complaint, axe clean`, async () => {
      fill(stage.gateway.addShop('demo'));
      const { page, complaints } = await stage.visit('/?shop=demo', { width, scheme });
      await page.getByTestId('chart').locator('canvas').waitFor();
      await page.getByText('Figures as a table').click();
      await page.keyboard.press('Escape');
      await page.getByTestId('pause').click();
      stage.gateway.sell('demo', '1.00');
      await page.locator('[data-testid=waiting][data-snapshots="4"]').waitFor();
      expect(await sidewaysScroll(page)).toBe(0);
      // A figure never leaves its tile, however many digits it has.
      const beyond = `[...document.querySelectorAll('.tile')].filter((tile) => tile.scrollWidth > tile.clientWidth).length`;
      expect(await page.evaluate<number>(beyond)).toBe(0);
      expect(await accessibilityOf(page)).toEqual([]);
      expect(complaints).toEqual([]);
    });
  }

  it('the theme goes round, and is kept', async () => {
    stage.gateway.addShop('demo').sell('5.00');
    const { page } = await stage.visit('/?shop=demo', { scheme: 'dark' });
    const scheme = (): Promise<string | null> => page.locator('html').getAttribute('data-mantine-color-scheme');
    expect(await scheme()).toBe('dark');
    await page.getByTestId('theme').click();
    expect(await scheme()).toBe('light');
    await page.reload();
    expect(await scheme()).toBe('light');
    expect(await page.getByTestId('theme').getAttribute('aria-label')).toBe('Theme: light. Switch to dark.');
  });

  it('every control is reached by keyboard, and shows that it is', async () => {
    stage.gateway.addShop('demo').sell('5.00');
    const { page } = await stage.visit('/?shop=demo');
    await page.getByTestId('chart').waitFor();
    const reached: string[] = [];
    for (let press = 0; press < 12; press += 1) {
      await page.keyboard.press('Tab');
      // A radio button draws its focus on its label.
      reached.push(
        await page.evaluate<string>(
          `new Promise(requestAnimationFrame).then(() => {
             const at = document.activeElement;
             const isSeen = [at, at.nextElementSibling].some((each) => each && getComputedStyle(each).outlineStyle !== 'none');
             return [at.getAttribute('aria-label') ?? '', at.innerText ?? '', isSeen].map((part) => String(part).slice(0, 14)).join('|');
           })`,
        ),
      );
    }
    const names = reached.join('\n');
    for (const wanted of ['Skip', 'Marketing', 'Demand', 'Model', 'Shop', 'Dates', 'Pause', 'Theme', 'Newest orders', 'Figures'])
      expect(names).toContain(wanted);
    expect(reached.filter((each) => each.endsWith('|false'))).toEqual([]);
  });
});
