import { describe, expect, it } from 'vitest';
import { accessibilityOf, sidewaysScroll, textOf, type View, type Watched } from '../browser/stage.js';
import { fakeModel } from './fake-marketing.js';
import { aModel, withoutModel } from './fake-models.js';
import { screens } from './screens.js';
import { staged } from './staged.js';

const shadow = 'churn-demo-99999999';

const stage = staged((gateway) => {
  Object.assign(gateway.addShop('demo').models, { active: fakeModel, shadow });
  gateway.addShop('bare');
  gateway.models.set(fakeModel, aModel());
  const words = 'level uncertain: less than a year and a half of data';
  gateway.models.set(shadow, aModel(shadow, { level: 'uncertain', words, best: { auc: 0.702, log_loss: 0.538 } }));
});

async function visit(path = '/?shop=demo&page=model', view?: View): Promise<Watched> {
  const watched = await stage.visit(path, view);
  await watched.page.getByRole('heading', { level: 1, name: 'Model' }).waitFor();
  return watched;
}

describe('the model page', () => {
  it('shows the active version: window, measures with their interval, level, features by group, moves', async () => {
    const { page, complaints } = await visit();
    await page.getByTestId('version').waitFor();
    expect(await textOf(page, 'version')).toBe(fakeModel);
    const version = await page.getByTestId('region-version').innerText();
    for (const words of ['10 Feb 2010 – 8 Dec 2011', '147,531 rows at 1 cut-offs', '0.688', '95%: 0.687 to 0.710', 'Boosted trees']) {
      expect(version).toContain(words);
    }
    expect(await page.getByTestId('level').getAttribute('data-level')).toBe('set');
    expect(await page.getByTestId('region-features').innerText()).toMatch(/silence\s+recency/i);
    expect(await page.getByTestId('move').innerText()).toMatch(/Promoted\s+churn-demo-1a2b3c4d\s+active\s+shipped/);
    await page.getByTestId('chart').locator('canvas').waitFor();
    expect(await page.getByTestId('decile').first().innerText()).toMatch(/1\s+940\s+40\.0%\s+42\.0%/);
    expect(complaints).toEqual([]);
  });

  it('puts the baselines beside the model, and says better only where the interval does', async () => {
    const { page } = await visit();
    await page.getByTestId('candidate-boosted').waitFor();
    expect(await page.getByTestId('candidate-boosted').getAttribute('data-chosen')).toBe('true');
    expect(await page.getByTestId('candidate-rfm-logistic').innerText()).toMatch(/RFM logistic baseline\s+0\.683/);
    const against = await textOf(page, 'against');
    expect(against).toContain('Against RFM logistic: better');
    expect(against).toContain('Against MBG/NBD: no clear difference');
    expect(await page.getByTestId('best').count()).toBe(0);
    expect(await page.getByTestId('population-all').innerText()).toContain('not known');
  });

  it('shows a group that is chosen in all panels, and says of one that is too small that it is', async () => {
    const { page } = await visit();
    await page.getByRole('button', { name: 'Active 180 days' }).click();
    await page.getByTestId('decile').first().getByText('412').waitFor();
    expect(await page.getByTestId('region-threshold').innerText()).toContain('Active 180 days');
    expect(await page.getByTestId('population-new').innerText()).toContain('too few to say');
    expect(await page.getByRole('button', { name: 'New', exact: true }).isDisabled()).toBe(true);
  });

  it('of the shadow says plainly that its level is uncertain, and how far it is from the best possible', async () => {
    const { page, complaints } = await visit();
    await page.getByTestId('version-Shadow').click();
    await page.getByTestId('version').getByText(shadow).waitFor();
    expect(new URL(page.url()).search).toBe(`?shop=demo&page=model&version=${shadow}`);
    expect(await textOf(page, 'level')).toContain('Level uncertain. Less than a year and a half of data.');
    expect(await page.getByTestId('best').innerText()).toMatch(/Best possible knows the law\s+0\.702/);
    expect(await page.getByTestId('population-all').innerText()).toMatch(/0\.014$/);
    expect(await accessibilityOf(page)).toEqual([]);
    expect(complaints).toEqual([]);
  });

  it('of a shop without a model says what to run', async () => {
    const { page, complaints } = await visit('/?shop=bare&page=model');
    await page.getByTestId('no-model').waitFor();
    expect(await textOf(page, 'no-model')).toBe(withoutModel);
    await page.getByText('No version has had a part in this shop.').waitFor();
    expect(await page.getByTestId('version').count()).toBe(0);
    expect(await accessibilityOf(page)).toEqual([]);
    expect(complaints).toEqual([]);
  });

  it('of a version that is not there says so', async () => {
    const { page } = await visit('/?shop=demo&page=model&version=churn-gone-00000000');
    await page.getByTestId('trouble').waitFor();
    expect(await textOf(page, 'trouble')).toContain('There is no model churn-gone-00000000.');
  });

  it('says of scores whose time is not over when that will be, and keeps what the training may have learnt apart', async () => {
    const { page, complaints } = await visit();
    await page.getByTestId('scoreboard-verdict').waitFor();
    expect(await textOf(page, 'scoreboard-verdict')).toBe('Not yet known: first labels mature on 2012-03-31.');
    expect(await page.getByTestId('basis-live').count()).toBe(0);
    expect(await page.getByTestId('basis-history').innerText()).toContain('It flatters, and is judged nowhere.');
    expect(await page.getByTestId('scored-month').nth(2).innerText()).toMatch(/Feb 2012\s+known on 1 May 2012\s+9,400\s+at the time/);
    expect(await page.getByTestId('region-drift').innerText()).toContain('Not measured yet');
    expect(complaints).toEqual([]);
  });

  it('puts what was said beside what happened, by band and month with counts and intervals, and drift largest first', async () => {
    stage.gateway.shopOf('demo').board = 'known';
    const { page, complaints } = await visit();
    await page.getByTestId('basis-live').waitFor();
    expect(await textOf(page, 'scoreboard-verdict')).toContain('Calibration holds. 2 of 4 months');
    const live = page.getByTestId('basis-live');
    expect(await live.getByTestId('outcome-all').innerText()).toMatch(
      /All customers\s+9,100\s+70\.0%\s+69\.0%\s+68\.0% to 70\.0%\s+0\.694/,
    );
    expect(await live.getByTestId('outcome-active-high').innerText()).toMatch(/high\s+2,460\s+81\.0%\s+82\.0%/);
    expect(await page.getByTestId('scored-month').nth(3).innerText()).toMatch(
      /Jan 2012\s+70\.0%\s+69\.0%.*9,100\s+910: 31%, 30%.*afterwards/s,
    );
    const drift = await page.getByTestId('drift-row').allInnerTexts();
    expect(drift.map((row) => row.split(/\s+/).slice(0, 2).join(' '))).toEqual([
      'Score 0.04',
      'season_sin 8.90',
      'tenure 0.41',
      'money_120 0.13',
      'recency 0.02',
    ]);
    expect(drift[1]).toContain('follows the calendar');
    expect(drift[2]).toContain('moved much');
    await live.getByText('By tenths of the probability').click();
    expect(await accessibilityOf(page)).toEqual([]);
    expect(complaints).toEqual([]);
  });

  it('says that calibration left its band, and of a version that nobody was marked with that it is so', async () => {
    stage.gateway.shopOf('demo').board = 'alarm';
    const { page, complaints } = await visit();
    await page.getByTestId('scoreboard-verdict').getByText('Calibration left its band.').waitFor();
    expect(await page.getByTestId('scoreboard-verdict').getAttribute('data-tone')).toBe('warn');
    expect(await page.getByTestId('region-drift').innerText()).toContain('its manifest holds no distributions of the training');
    await page.getByTestId('version-Shadow').click();
    await page.getByText('Nobody was marked with this version in this shop yet.').waitFor();
    expect(await page.getByTestId('scoreboard-verdict').count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  for (const { width, scheme } of screens([360, 768, 1280])) {
    it(`${width} pixels, ${scheme}: no sideways scroll, no complaint, axe clean`, async () => {
      stage.gateway.shopOf('demo').board = scheme === 'dark' ? 'alarm' : 'known';
      const { page, complaints } = await visit('/?shop=demo&page=model', { width, scheme });
      await page.getByTestId('chart').locator('canvas').waitFor();
      await page.getByTestId('basis-live').waitFor();
      expect(await sidewaysScroll(page)).toBe(0);
      expect(await accessibilityOf(page)).toEqual([]);
      expect(complaints).toEqual([]);
    });
  }
});
