import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { accessibilityOf, sidewaysScroll, textOf, type View, type Watched } from '../browser/stage.js';
import { fakeModel, scoresOf, type FakeMarketing } from './fake-marketing.js';
import { aModel, withoutModel } from './fake-models.js';
import { screens } from './screens.js';
import { staged } from './staged.js';

let marketing: FakeMarketing;
const stage = staged((gateway) => {
  const shop = gateway.addShop('demo');
  shop.models.active = fakeModel;
  gateway.models.set(fakeModel, aModel());
  ({ marketing } = shop);
});

async function visit(path = '/?shop=demo&page=marketing', view?: View): Promise<Watched> {
  const watched = await stage.visit(path, view);
  await watched.page.getByTestId('region-alerts').waitFor();
  return watched;
}

const publish = (): void => stage.gateway.publish('demo', ['alerts']);
const lines = (page: Page): Promise<string[]> =>
  page.evaluate<string[]>("[...document.querySelectorAll('[data-testid=alert]')].map((line) => line.dataset.id)");
const open87 = '87% probability of no order in the next 90 days';

describe('pages', () => {
  it('are links in the header; the address keeps the page, back works, and the rooms are those of the page', async () => {
    const { page, complaints } = await stage.visit('/?shop=demo&period=all');
    await page.getByTestId('tile-orders-value').waitFor();
    await page.getByRole('link', { name: 'Marketing' }).press('Enter');
    await page.getByTestId('no-alerts').waitFor();
    expect(new URL(page.url()).search).toBe('?shop=demo&page=marketing&period=all');
    expect(await page.getByRole('link', { name: 'Marketing' }).getAttribute('aria-current')).toBe('page');
    expect(await page.title()).toBe('Marketing · demo · Tideline');
    expect(await page.locator('[data-testid=pill]').getAttribute('data-state')).toBe('live');
    expect(stage.gateway.roomsWatched().sort()).toEqual(['alerts', 'pipeline']);
    await page.getByRole('link', { name: 'Model' }).click();
    await page.getByRole('heading', { level: 1, name: 'Model' }).waitFor();
    await expect.poll(() => stage.gateway.roomsWatched()).toEqual(['pipeline']);
    await page.goBack();
    await page.getByRole('heading', { level: 1, name: 'Marketing' }).waitFor();
    await page.goBack();
    await page.getByTestId('tile-orders-value').waitFor();
    expect(new URL(page.url()).search).toBe('?shop=demo&period=all');
    expect(complaints).toEqual([]);
  });
});

describe('alerts', () => {
  it('come without a reload, marked as new, with what is at stake to the last digit', async () => {
    marketing.open();
    const { page, complaints } = await visit();
    await page.getByTestId('alert').waitFor();
    expect(await page.locator('[data-testid=alert][data-new]').count()).toBe(0);
    marketing.open({ netValueAtStake: '9007199254740993.015', customerId: 'C-large' });
    publish();
    const first = page.getByTestId('alert').first();
    await first.getByText('C-large').waitFor();
    expect(await first.getAttribute('data-new')).toBe('true');
    expect(await first.locator('.amount').getAttribute('title')).toBe('Net value at stake: GBP 9,007,199,254,740,993.015');
    expect(await first.locator('.amount').innerText()).toContain('£9,007,199,254,740,993.02');
    expect(await page.getByTestId('state-open').getAttribute('data-count')).toBe('2');
    // Whoever looks at it has seen it.
    await first.getByRole('link').focus();
    await page.locator('[data-testid=alert][data-new]').waitFor({ state: 'detached' });
    expect(complaints).toEqual([]);
  });

  it('that come while somebody reads move nothing that is being read', async () => {
    for (let number = 0; number < 40; number += 1) marketing.open();
    const { page } = await visit();
    await page.getByTestId('alert').first().waitFor();
    const read = page.locator('[data-testid=alert][data-id=a0037]');
    // The pointer in the list is somebody who is about to click.
    await read.hover();
    const before = await read.boundingBox();
    marketing.open();
    marketing.open();
    publish();
    await page.getByTestId('new-above').waitFor();
    expect(await textOf(page, 'new-above')).toBe('2 new alerts above');
    expect((await read.boundingBox())?.y).toBe(before?.y);
    expect(await lines(page)).toHaveLength(42);
    await page.getByTestId('new-above').click();
    await page.getByTestId('new-above').waitFor({ state: 'detached' });
    expect((await page.getByTestId('alert').first().boundingBox())?.y).toBeLessThan(before?.y ?? 0);
  });

  it('wait behind a pause, and are counted', async () => {
    marketing.open();
    const { page } = await visit();
    await page.getByTestId('alert').waitFor();
    await page.getByTestId('pause').click();
    marketing.open();
    publish();
    await page.locator('[data-testid=waiting][data-items="1"]').waitFor();
    expect(await textOf(page, 'waiting')).toBe('1 snapshot and 1 alert wait.');
    expect(await lines(page)).toHaveLength(1);
    await page.getByTestId('pause').click();
    await page.getByTestId('alert').nth(1).waitFor();
  });

  it('are filtered by state and rule, in the address too, and counted by state', async () => {
    const other = { rule: 'churn-medium', state: 'acted' } as const;
    marketing.rules.push({ ...(marketing.rules[0] as (typeof marketing.rules)[0]), id: 'churn-medium', name: 'Slipping away' });
    marketing.open();
    marketing.open({ state: 'acted' });
    marketing.open(other);
    const { page } = await visit();
    await page.getByTestId('state-acted').click();
    await page.getByTestId('alert').nth(1).waitFor();
    expect(await lines(page)).toEqual(['a0003', 'a0002']);
    await page.getByTestId('rule').selectOption('churn-medium');
    await page.locator('[data-testid=alert]').nth(1).waitFor({ state: 'detached' });
    await page.getByTestId('alert').waitFor();
    expect(await lines(page)).toEqual(['a0003']);
    expect(new URL(page.url()).search).toBe('?shop=demo&page=marketing&state=acted&rule=churn-medium');
    expect(await page.getByTestId('state-open').getAttribute('data-count')).toBe('0');
    await page.reload();
    await page.getByTestId('alert').waitFor();
    expect(await lines(page)).toEqual(['a0003']);
    // A list that is asked for by REST moves with the room all the same.
    marketing.open(other);
    publish();
    await page.getByTestId('alert').nth(1).waitFor();
    await page.getByTestId('state-open').click();
    await page.getByTestId('no-alerts').getByText('No alert of this rule is open').waitFor();
  });

  it('rank by what is at stake where more than a fifth of the customers are above 70 %, and the page says so', async () => {
    marketing.scores = scoresOf(500, 200, 300);
    marketing.open({ netValueAtStake: '900.00' });
    marketing.open({ netValueAtStake: '1000.00' });
    marketing.open({ netValueAtStake: '20.00' });
    const { page } = await visit();
    await page.getByTestId('alert').nth(2).waitFor();
    expect(await lines(page)).toEqual(['a0002', 'a0001', 'a0003']);
    expect(await textOf(page, 'by-value')).toContain('30% of the customers are above 70%');
    expect(await page.getByTestId('sort').inputValue()).toBe('value');
    await page.getByTestId('sort').selectOption('newest');
    await expect.poll(() => lines(page)).toEqual(['a0003', 'a0002', 'a0001']);
    expect(await page.getByTestId('by-value').count()).toBe(0);
  });
});

describe('the first alert of all', () => {
  it('is new, though there was no list before', async () => {
    const { page } = await visit();
    await page.getByTestId('no-alerts').waitFor();
    marketing.open();
    publish();
    await page.locator('[data-testid=alert][data-new]').waitFor();
  });
});

describe('the card', () => {
  it('says why, what is at stake and what happened; the address keeps it, Escape leaves it where one was', async () => {
    marketing.open();
    const { page, complaints } = await visit();
    await page.getByTestId('alert').getByRole('link').press('Enter');
    await page.getByTestId('card-probability').waitFor();
    expect(await textOf(page, 'card-probability')).toBe(open87);
    const card = await page.getByTestId('card').innerText();
    for (const words of ['92 days since the last order; usual gap 31', '£250.00', fakeModel, 'Opened', '9 Dec 2011, 11:51:00']) {
      expect(card).toContain(words);
    }
    expect(new URL(page.url()).search).toBe('?shop=demo&page=marketing&alert=a0001');
    await page.keyboard.press('Escape');
    await page.getByTestId('card').waitFor({ state: 'detached' });
    expect(await page.evaluate<string | undefined>('document.activeElement.dataset.alert')).toBe('a0001');
    await page.goBack();
    await page.getByTestId('card').waitFor();
    expect(complaints).toEqual([]);
  });

  it('says what the customer is expected to bring, as a projection where it is one; without a model of value nothing', async () => {
    marketing.open();
    const { page } = await visit('/?shop=demo&page=marketing&alert=a0001');
    await page.getByTestId('log').getByText('Opened').waitFor();
    expect(await page.getByTestId('card-value').count()).toBe(0);
    stage.gateway.shopOf('demo').models.value = 'clv-demo-5e6f7a8b';
    const other = await visit('/?shop=demo&page=marketing&alert=a0001');
    const value = other.page.getByTestId('card-value');
    await value.getByText('£412.35').waitFor();
    expect(await value.getByText('£412.35').getAttribute('title')).toContain('GBP 412.3456');
    expect(await value.innerText()).toContain('in the next 365 days; a projection: learnt from windows of 180 days');
    expect(await value.getByRole('listitem').count()).toBe(3);
    expect(await accessibilityOf(other.page)).toEqual([]);
    expect(other.complaints).toEqual([]);
  });

  it('acknowledges, shows it as done when it is, and the list lets it go', async () => {
    marketing.open();
    const { page, complaints } = await visit('/?shop=demo&page=marketing&alert=a0001');
    await page.getByTestId('do-acknowledge').click();
    await page.locator('[data-testid=card][data-state=acknowledged]').waitFor();
    expect(await page.getByTestId('do-acknowledge').count()).toBe(0);
    await page.getByTestId('log').getByText('Acknowledged by ann').waitFor();
    await page.getByTestId('no-alerts').getByText('Nothing is open').waitFor();
    expect(await page.getByTestId('state-acknowledged').getAttribute('data-count')).toBe('1');
    expect(complaints).toEqual([]);
  });

  it('of an alert that another one took first says so in words, in the time of the shop, and shows what is so now', async () => {
    const shop = stage.gateway.shops.get('demo');
    marketing.open();
    const { page, complaints } = await visit('/?shop=demo&page=marketing&alert=a0001');
    await page.getByTestId('do-acknowledge').waitFor();
    // Nobody told this page of it.
    marketing.command('a0001', { command: 'acknowledge' }, 'bob', shop?.now ?? '');
    await page.getByTestId('do-acknowledge').click();
    await page.locator('[data-testid=outcome][data-now=refused]').waitFor();
    expect(await textOf(page, 'outcome')).toBe(
      'Already acknowledged by bob at 9 Dec 2011, 12:50:00. Assign it or comment on it instead. already-acknowledged',
    );
    await page.locator('[data-testid=card][data-state=acknowledged]').waitFor();
    await page.getByTestId('log').getByText('Refused to ann').waitFor();
    expect(await accessibilityOf(page)).toEqual([]);
    // The browser itself writes that the server refused.
    expect(complaints.filter((each) => !each.includes('409'))).toEqual([]);
  });

  it('says that a command is not decided yet, and nothing else, until it is', async () => {
    marketing.open();
    marketing.slow = true;
    const { page } = await visit('/?shop=demo&page=marketing&alert=a0001');
    await page.getByTestId('do-acknowledge').click();
    await page.locator('[data-testid=outcome][data-now=pending]').waitFor();
    expect(await textOf(page, 'outcome')).toBe('Said, and not decided yet: it shows here as soon as it is.');
    expect(await page.getByTestId('card').getAttribute('data-state')).toBe('open');
    const alert = marketing.find('a0001');
    marketing.alerts.set('a0001', { ...alert, state: 'acknowledged', movedAt: '2011-12-09T12:51:00Z' });
    publish();
    await page.locator('[data-testid=card][data-state=acknowledged]').waitFor();
    expect(await textOf(page, 'outcome')).toBe('');
  });

  it('offers no snooze beyond which the alert would be over', async () => {
    marketing.open({ expiresAt: '2011-12-16T12:50:00Z' });
    marketing.open({ expiresAt: '2011-12-10T12:50:00Z' });
    const { page } = await visit('/?shop=demo&page=marketing&alert=a0001');
    await page.getByTestId('do-snooze').click();
    // Seven days would end with the alert.
    expect(await page.getByTestId('command-form').getByRole('button').allTextContents()).toEqual(['1 day', '3 days']);
    const { page: other } = await visit('/?shop=demo&page=marketing&alert=a0002');
    await other.getByTestId('do-snooze').click();
    expect(await textOf(other, 'command-form')).toBe('It expires at 10 Dec 2011, 12:50:00: no snooze would end before that.');
  });

  it('assigns, snoozes by the shop’s clock, acts and rates', async () => {
    marketing.open();
    const { page } = await visit('/?shop=demo&page=marketing&alert=a0001');
    await page.getByTestId('do-assign').click();
    const field = page.getByLabel('To whom');
    expect(await field.inputValue()).toBe('ann');
    await field.fill('bob');
    await page.keyboard.press('Enter');
    await page.getByTestId('alert').getByText('bob').waitFor();
    await page.getByTestId('do-snooze').click();
    await page.getByRole('button', { name: '3 days' }).click();
    await page.getByTestId('card').getByText('12 Dec 2011, 12:50:00').waitFor();
    await page.getByTestId('do-act').click();
    // Escape takes the form back, not the card.
    await page.keyboard.press('Escape');
    await page.getByTestId('command-form').waitFor({ state: 'detached' });
    await page.getByTestId('do-act').click();
    await page.getByRole('button', { name: 'Sent a voucher' }).click();
    expect(await accessibilityOf(page)).toEqual([]);
    await page.getByRole('button', { name: 'Record' }).click();
    await page.locator('[data-testid=card][data-state=acted]').waitFor();
    await page.getByRole('button', { name: 'Not useful' }).click();
    await page.getByTestId('card').getByText('Not useful (ann)').waitFor();
    expect(marketing.find('a0001')).toMatchObject({ assignee: 'bob', acted: { action: 'Sent a voucher' }, rated: { useful: false } });
  });

  it('shows somebody without the role why nothing can be done', async () => {
    stage.gateway.who = { name: 'vera', role: 'operator' };
    marketing.open();
    const { page } = await visit('/?shop=demo&page=marketing&alert=a0001');
    await page.getByTestId('why-not').waitFor();
    expect(await textOf(page, 'why-not')).toBe('To do any of this takes the role marketer; you are operator.');
    expect(await textOf(page, 'read-only')).toContain('You are signed in as vera, operator');
    expect(await page.getByTestId('do-acknowledge').isDisabled()).toBe(true);
    expect(stage.gateway.commands).toBe(0);
    expect(await accessibilityOf(page)).toEqual([]);
  });

  it('of an alert that is not there says so', async () => {
    const { page } = await visit('/?shop=demo&page=marketing&alert=gone');
    await page.getByTestId('card').getByText('demo has no alert gone. alert-unknown').waitFor();
  });
});

describe('beside the list', () => {
  it('what was not sent stands with its reasons, counted, and the muted history is said', async () => {
    marketing.suppress('muted', 1_204);
    marketing.suppress('cap', 2);
    const { page } = await visit();
    await page.getByTestId('suppression').first().waitFor();
    expect(await textOf(page, 'reason-muted')).toBe('History, muted 1,204');
    expect(await textOf(page, 'muted')).toContain('1,204 decisions lie in the history');
    await page.getByTestId('reason-cap').click();
    // The list is empty for a moment, until the answer is there.
    await page.getByTestId('suppression').nth(2).waitFor({ state: 'detached' });
    await page.getByTestId('suppression').nth(1).waitFor();
    expect(await page.getByTestId('suppression').count()).toBe(2);
    expect(await textOf(page, 'reason-muted')).toBe('History, muted 1,204');
  });

  it('the effect is an interval once it is known, and says what is missing until then', async () => {
    const { page } = await visit();
    const effect = page.getByTestId('effect-churn-high');
    await effect.getByText('Not yet known.').waitFor();
    expect(await effect.innerText()).toContain('90 days have passed for 0 of 30 customers with an alert');
    marketing.effect = {
      known: true,
      detail: 'More was sold: with 95 % confidence an alert brings between 1.20 and 9.75 per customer in 90 days.',
      perCustomer: { difference: '5.40', low: '1.20', high: '9.75' },
      total: { difference: '594.00', low: '132.00', high: '1072.50' },
    };
    await page.reload();
    await effect.getByText('£1.20 to £9.75').waitFor();
    expect(await effect.innerText()).toContain('£132.00 to £1,072.50');
    expect(await accessibilityOf(page)).toEqual([]);
  });

  it('all customers stand by band', async () => {
    const { page } = await visit();
    await page.getByTestId('band-high').waitFor();
    expect(await page.getByTestId('band-high').innerText()).toMatch(/High from 70%\s+100\s+10%\s+83%/);
  });
});

describe('what stands in for alerts', () => {
  it('a shop without a model says what to run', async () => {
    const shop = stage.gateway.shops.get('demo');
    if (shop) shop.models.active = null;
    marketing.scores = { ...scoresOf(0, 0, 0), model: null, asOf: null, meanProbability: null, nextCrossing: null };
    const { page, complaints } = await visit();
    await page.getByTestId('no-model').waitFor();
    expect(await textOf(page, 'no-model')).toBe(withoutModel);
    expect(await page.getByTestId('no-model').locator('code').first().innerText()).toBe('npm run train -- --shop demo');
    await page.getByText('Nobody has been scored yet.').waitFor();
    expect(await textOf(page, 'no-alerts')).toContain('Without a model nobody is scored');
    expect(await accessibilityOf(page)).toEqual([]);
    expect(complaints).toEqual([]);
  });

  it('a refused room: the words of the server, and no list that never comes', async () => {
    stage.gateway.refusal = { code: 'role-too-low', detail: 'The room alerts needs the role operator; vera is viewer.' };
    stage.gateway.who = { name: 'vera', role: 'viewer' };
    const { page } = await visit();
    await page.getByTestId('region-alerts').getByText('The room alerts needs the role operator; vera is viewer.').waitFor();
    expect(await page.getByTestId('alerts').count()).toBe(0);
    expect(await accessibilityOf(page)).toEqual([]);
  });

  it('a history that is coming in is said to be muted', async () => {
    const { page } = await visit();
    stage.gateway.setPipeline('demo', { lag: 9, clock: { mode: 'source', now: null, speed: null } });
    await page.getByTestId('history-coming').waitFor();
    expect(await textOf(page, 'history-coming')).toContain('recorded as muted');
  });
});

describe('on every screen', () => {
  for (const { width, scheme } of screens([360, 768, 1280])) {
    it(`${width} pixels, ${scheme}: no sideways scroll, no complaint, axe clean`, async () => {
      for (let number = 0; number < 30; number += 1) marketing.open({ assignee: number % 3 === 0 ? 'a-colleague-with-a-long-name' : null });
      for (const reason of ['muted', 'cap', 'holdout', 'held-out-elsewhere', 'quiet-hours'] as const) marketing.suppress(reason, 9);
      const { page, complaints } = await visit('/?shop=demo&page=marketing', { width, scheme });
      await page.getByTestId('suppression').first().waitFor();
      await page.getByTestId('effect-churn-high').getByText('Not yet known.').waitFor();
      expect(await sidewaysScroll(page)).toBe(0);
      expect(await accessibilityOf(page)).toEqual([]);
      await page.getByTestId('alert').nth(1).getByRole('link').click();
      await page.getByTestId('card-probability').waitFor();
      expect(await sidewaysScroll(page)).toBe(0);
      expect(await accessibilityOf(page)).toEqual([]);
      await page.getByTestId('close').click();
      await page.getByTestId('card').waitFor({ state: 'detached' });
      expect(complaints).toEqual([]);
    });
  }
});
