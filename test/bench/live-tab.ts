import { atMost, seen, type Instance, type Measure } from '#testing';
import { setTimeout as sleep } from 'node:timers/promises';
import { demo } from '../browser/demo.js';
import { launch, open } from '../browser/stage.js';
import { percentOfCore, Tab } from '../browser/tab.js';
import { slopePerMinute, type Sample } from '../growth.js';

const everyMs = 10_000;
/**
 * How long the heap is looked at, as a share of the time before: V8 compiles what runs often again for the first minutes, and that code is
 * in the heap. Between minutes 2.5 and 9.5 two snapshots differed by 1 MB of code, and held fewer of the page's own objects.
 */
const looked = 0.5;
/** What a heap may grow by in a minute and still be called flat: a working day of it is below the size of one picture. */
const flatKbPerMinute = 50;

/**
 * A tab on the demo shop once it has been live for a while: its heap after collections, and how much of a core its main thread takes.
 * @param minutes how long it is live before it is looked at
 */
export async function liveTab(instance: Instance, minutes: number): Promise<Measure[]> {
  const browser = await launch();
  try {
    const { page } = await open(browser, `${instance.url}/?shop=${demo}`);
    await page.locator('[data-testid=pill][data-state=live]').waitFor({ timeout: 180_000 });
    const tab = await Tab.of(page);
    await sleep(minutes * 60_000);
    const heap: Sample[] = [];
    const begun = performance.now();
    const before = await tab.work();
    for (let look = 0; performance.now() - begun < looked * minutes * 60_000; look += 1) {
      await sleep(Math.max(0, begun + look * everyMs - performance.now()));
      heap.push({ minute: (performance.now() - begun) / 60_000, value: (await tab.heapBytes()) / 1_000 });
    }
    const busy = percentOfCore(before, await tab.work());
    return [
      seen('heap of the tab, largest after a collection', Math.round(Math.max(...heap.map(({ value }) => value)) / 1_000), 'MB'),
      atMost(
        `heap of the tab, growth in ${looked * minutes} minutes after ${minutes} live`,
        slopePerMinute(heap),
        'kB/min',
        flatKbPerMinute,
      ),
      atMost('main thread of the tab', busy, '% of a core', 20),
    ];
  } finally {
    await browser.close();
  }
}
