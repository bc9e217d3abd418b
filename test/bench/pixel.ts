import { atMost, exactly, Instance, percentile, seen, type Measure } from '#testing';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Paints } from '../browser/paints.js';
import { launch, open } from '../browser/stage.js';
import { percentOfCore, Tab } from '../browser/tab.js';
import { sendOrders, shopFor, waitsOf } from './open-loop.js';

const shop = 'pixel';
const perSecond = 1_000;
const warmUpSeconds = 5;
const seconds = 20;
const tile = 'tile-orders-value';

/** From the moment an order was to be handed to Kafka's client until Chromium has painted a count that holds it, on the whole page. */
export async function pixel(work: string): Promise<Measure[]> {
  const browser = await launch();
  const instance = await Instance.start(join(work, 'data'));
  const streaming = await shopFor(instance, shop);
  try {
    const { page } = await open(browser, `${instance.url}/?shop=${shop}&period=last-7-days`);
    await page.getByTestId(tile).waitFor();
    const [tab, paints] = [await Tab.of(page), await Paints.of(page, tile)];
    const total = (warmUpSeconds + seconds) * perSecond;
    const load = await sendOrders(streaming, shop, perSecond, total);
    await sleep(warmUpSeconds * 1_000);
    const before = await tab.work();
    await load.done;
    const busy = percentOfCore(before, await tab.work());
    for (let tries = 0; (await paints.newest()) < total && tries < 200; tries += 1) await sleep(50);
    const shown = await paints.all();
    const waits = waitsOf(load, shown, warmUpSeconds * perSecond);
    return [
      exactly('orders sent and not painted', total - (shown.at(-1)?.count ?? 0), 'orders', 0),
      seen('paints per second', Math.round(shown.length / (warmUpSeconds + seconds)), '1/s'),
      atMost('the two clocks apart', paints.uncertaintyMs, 'ms', 5),
      atMost(`${perSecond} orders a second, produced until painted, p50`, percentile(waits, 0.5), 'ms', 300),
      atMost(`${perSecond} orders a second, produced until painted, p95`, percentile(waits, 0.95), 'ms', 600),
      seen('the same, p99', Math.round(percentile(waits, 0.99)), 'ms'),
      atMost('main thread of the tab meanwhile', busy, '% of a core', 20),
    ];
  } finally {
    await browser.close();
    await streaming.close();
    await instance.stop();
  }
}
