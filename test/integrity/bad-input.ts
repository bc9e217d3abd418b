import { topicOf, type RecentAnswer, type SummaryAnswer, type PipelineAnswer } from '#contracts';
import { openStreaming } from '#streaming';
import { anOrder, aLine, exactly, importFile, Instance, poison, silent, type Measure } from '#testing';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** What can come wrong by Kafka, by file and by REST: each ends in a dead letter or in clear words, and the rest goes on. */
export async function badInput(work: string): Promise<Measure[]> {
  const instance = await Instance.start(join(work, 'data'));
  const shop = 'bad-input';
  const measures: Measure[] = [];
  try {
    await instance.call('PUT', `/api/v1/shops/${shop}`, { timeZone: 'Europe/London', currency: 'GBP', clock: 'data' });
    while ((await instance.get<{ status: string }>(`/api/v1/shops/${shop}`)).status !== 'ready') await sleep(50);
    const { kafka } = await instance.get<PipelineAnswer>('/api/v1/pipeline');
    const streaming = openStreaming({ brokers: kafka.brokers, clientId: 'bad-input', logger: silent });
    const producer = await streaming.producer();

    const poisoned = poison('GBP');
    for (const { message } of poisoned)
      await producer.send(topicOf(shop, message.topic), [{ key: message.key, value: message.value.toString() }]);
    const tooLarge = await refusal(
      producer.send(topicOf(shop, 'transactions.v1'), [{ key: 'large', value: 'x'.repeat(10 * 1024 * 1024) }]),
    );
    // A good order behind the bad ones: it names a product and a customer that nobody announced.
    const good = anOrder({
      orderId: 'good',
      currency: 'GBP',
      customerId: 'nobody-yet',
      lines: [aLine({ productId: 'nothing-yet', quantity: 2, unitPrice: '5.25' })],
    });
    await producer.send(topicOf(shop, good.topic), [{ key: good.key, value: good.value.toString() }]);
    let summary = await instance.get<SummaryAnswer>(`/api/v1/shops/${shop}/kpis/summary`);
    for (let tries = 0; summary.figures.orders < 1 && tries < 200; tries += 1) {
      await sleep(50);
      summary = await instance.get<SummaryAnswer>(`/api/v1/shops/${shop}/kpis/summary`);
    }
    await sleep(1_000);
    const dead = await instance.get<RecentAnswer>(`/api/v1/shops/${shop}/events/recent?verdict=rejected&limit=500`);
    const wanted = countBy(poisoned.map(({ reason }) => reason));
    const found = countBy(dead.events.map((event) => event.reason));
    const wrongReasons = [...new Set([...wanted.keys(), ...found.keys()])].filter((reason) => wanted.get(reason) !== found.get(reason));
    const lag =
      (await instance.get<PipelineAnswer>('/api/v1/pipeline')).shops[0]?.partitions.filter((each) => each.lag !== '0').length ?? -1;
    const quality = await instance.get<{ placeholders: { customers: number; products: number } }>(`/api/v1/shops/${shop}/quality`);
    measures.push(
      exactly('bad messages whose dead letter lacks its reason', wrongReasons.length, 'reasons', 0),
      exactly('dead letters without words', dead.events.filter((event) => event.detail === '').length, 'messages', 0),
      exactly('a 10 MB message is refused in words', Number(/max\.message\.bytes/.test(tooLarge)), 'refusals', 1),
      exactly('good orders behind the bad ones that count', summary.figures.orders, 'orders', 1),
      exactly('their gross sales, in pence', Math.round(Number(summary.figures.grossSales) * 100), 'pence', 1_050),
      exactly(
        'placeholders for an unknown customer and product',
        quality.placeholders.customers + quality.placeholders.products,
        'rows',
        2,
      ),
      exactly('partitions that stand still', lag, 'partitions', 0),
    );
    await streaming.close();

    const file = async (name: string, text: string): Promise<string> => {
      const path = join(work, name);
      await writeFile(path, text);
      return path;
    };
    const importing = (mapping: string, path: string, url = instance.url): Promise<string> =>
      refusal(importFile(url, 'files', mapping, path, join(work, 'rejects.csv')));
    const cases: [string, Promise<string>, RegExp][] = [
      ['an empty file', importing('online-retail', await file('empty.csv', '')), /is empty/],
      [
        'a file with a header alone',
        importing(
          'online-retail',
          await file('header.csv', 'InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n'),
        ),
        /no row below it/,
      ],
      ['a file with other columns', importing('online-retail', await file('other.csv', 'a,b\n1,2\n')), /has no column InvoiceNo/],
      ['a file that is not there', importing('online-retail', join(work, 'nowhere.csv')), /no such file/],
      ['a mapping that is not there', importing('nonsense', await file('a.csv', 'a\n1\n')), /Those that ship: online-retail/],
      [
        'a mapping with a fault',
        importing(await file('bad.yaml', 'name: x\ncurrency: pounds\n'), await file('b.csv', 'a\n1\n')),
        /currency: must be an ISO 4217 code/,
      ],
      [
        'an instance that is not there',
        importing(
          'online-retail',
          await file(
            'c.csv',
            'InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n1,A,x,1,2011-01-01 10:00:00,1.0,,UK\n',
          ),
          'http://127.0.0.1:9',
        ),
        /npm start/,
      ],
      [
        'a shop that is not there',
        refusal(instance.get('/api/v1/shops/nowhere/kpis/summary')),
        /There is no shop nowhere\. There are: bad-input/,
      ],
      ['a range that is no range', refusal(instance.get(`/api/v1/shops/${shop}/kpis/summary?from=yesterday`)), /must be a UTC instant/],
    ];
    for (const [what, refused, words] of cases) {
      const said = await refused;
      if (!words.test(said)) process.stdout.write(`${what}: ${said}\n`);
      measures.push(exactly(`${what} is refused in words`, Number(words.test(said)), 'refusals', 1));
    }
  } finally {
    await instance.stop();
  }
  return measures;
}

async function refusal(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'it was not refused';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function countBy(values: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}
