import { Instance } from '#testing';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Page } from 'playwright-core';
import { demo, demoHistory, historyDifferences, liveAndExact, ordersOnPage, until } from './demo.js';
import { launch, open } from './stage.js';

const target = resolve('docs/images/overview.png');
const marketing = resolve('docs/images/marketing.png');
/** Hours of the shop's day at which the page has something to show: in the night a day has no orders yet. */
const [firstHour, endHour] = [17, 22];

/** The shop's hour, by the page. */
async function hourOn(page: Page): Promise<number> {
  return Number(/, (\d\d):/.exec(await page.getByTestId('pipeline-shop-clock').innerText())?.[1] ?? Number.NaN);
}

/** The Marketing page of the same shop with the card of an alert, once everybody was scored. */
async function takeMarketing(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Marketing' }).click();
  await page.getByTestId('alert').first().waitFor({ timeout: 240_000 });
  await page.getByTestId('band-high').waitFor({ timeout: 60_000 });
  await page.getByTestId('alert').nth(1).getByRole('link').click();
  await page.getByTestId('card-probability').waitFor();
  await page.getByTestId('suppression').first().waitFor();
  await page.screenshot({ path: marketing });
  process.stdout.write(`${marketing}\n`);
}

/** The picture of the README: the demo shop with its two years of history, live, audited, at the end of a working day. */
async function takePicture(): Promise<void> {
  const data = await mkdtemp(join(tmpdir(), 'tideline-screenshot-'));
  const browser = await launch();
  let instance: Instance | undefined;
  try {
    instance = await Instance.start(data, { TIDELINE_SIMULATOR: 'on' });
    const running = instance;
    const { page, complaints } = await open(browser, `${running.url}/?shop=${demo}&period=all`, { height: 832, scale: 2 });
    const history = demoHistory();
    await ordersOnPage(page, history.orders, 180_000);
    await until('the two years are exact', async () => (await historyDifferences(running, history)).length === 0);
    await page.getByRole('radiogroup').getByText('Today').click();
    await page.getByTestId('chart').locator('canvas').waitFor();
    await until(
      'the shop is at the end of its day',
      async () => {
        const hour = await hourOn(page);
        return hour >= firstHour && hour < endHour;
      },
      90_000,
    );
    await liveAndExact(page, 60_000);
    await page.screenshot({ path: target });
    process.stdout.write(`${target}\n`);
    await takeMarketing(page);
    if (complaints.length > 0) throw new Error(`The page complains:\n${complaints.join('\n')}`);
  } finally {
    await browser.close();
    await instance?.stop();
    await rm(data, { recursive: true, force: true });
  }
}

await takePicture();
