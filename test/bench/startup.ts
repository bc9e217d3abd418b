import { atMost, exactly, Instance, percentile, seen, type Measure } from '#testing';
import { join } from 'node:path';
import { demo, demoHistory, historyDifferences, ordersOnPage, until } from '../browser/demo.js';
import { launch, open } from '../browser/stage.js';

const runs = 3;

/** `npm start`, dependencies present, until ready: on a new directory, and again on the same. Then until the page shows two years. */
export async function startup(work: string): Promise<Measure[]> {
  const first: number[] = [];
  const again: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    const data = join(work, String(run));
    for (const times of [first, again]) {
      const instance = await Instance.start(data);
      times.push(instance.readyMs / 1000);
      await instance.stop();
    }
  }
  return [
    atMost('first start until ready, slowest of 3', percentile(first, 1), 's', 15),
    atMost('start on its data until ready, slowest of 3', percentile(again, 1), 's', 15),
    ...(await untilThePage(join(work, 'page'))),
  ];
}

/**
 * From the words `npm start` until a page that was opened as soon as it could be shows every order of the two years. Whether they are
 * exact is asked right after, of what is settled by then: the page shows sums of the same rows.
 */
async function untilThePage(data: string): Promise<Measure[]> {
  const history = demoHistory();
  // People have a browser open.
  const browser = await launch();
  const instance = await Instance.start(data, { TIDELINE_SIMULATOR: 'on' }, ['npm', 'start']);
  try {
    const { page } = await open(browser, `${instance.url}/?shop=${demo}&period=all`);
    await ordersOnPage(page, history.orders, 120_000);
    const shownAfter = (performance.now() - instance.begun) / 1_000;
    let differing: string[] = [];
    await until('two years are settled', async () => (differing = await historyDifferences(instance, history)).length === 0, 30_000).catch(
      () => undefined,
    );
    return [
      seen('npm start until ready', Math.round(instance.readyMs / 100) / 10, 's'),
      atMost('npm start until the page shows two years', shownAfter, 's', 25),
      exactly('figures of the two years that differ from the fold', differing.length, 'figures', 0),
    ];
  } finally {
    await browser.close();
    await instance.stop();
  }
}
