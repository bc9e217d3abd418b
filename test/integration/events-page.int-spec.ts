import type { ShopAnswer, SummaryAnswer } from '#contracts';
import { Instance } from '#testing';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { until } from '../browser/demo.js';

// What docs/events.md tells people to type, as it stands there, against a running instance.

const page = readFileSync('docs/events.md', 'utf8');
const shop = '/api/v1/shops/my-shop';
let data: string;
let instance: Instance;

beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'tideline-events-page-'));
  instance = await Instance.start(data);
});
afterAll(async () => {
  await instance.stop();
  await rm(data, { recursive: true, force: true });
});

/** The page's own settings of the shop. */
function settings(): object {
  const [, body = ''] = /curl -X PUT \S+my-shop .* -d '(\{.*\})'/.exec(page) ?? [];
  return JSON.parse(body) as object;
}

/** The script that the page says to save as `send.mjs`, run where `kafkajs` is installed. */
async function send(change: (script: string) => string): Promise<void> {
  const [, script = ''] = /^```js\n([\s\S]*?)^```/m.exec(page) ?? [];
  const here = change(script.replace('http://127.0.0.1:7070', instance.url));
  await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', here]);
}

const figures = async (): Promise<SummaryAnswer['figures']> => (await instance.get<SummaryAnswer>(`${shop}/kpis/summary`)).figures;

it('moves the figure that it says, once, and follows a revision', async () => {
  await instance.call('PUT', shop, settings());
  await until('the shop is ready', async () => (await instance.get<ShopAnswer>(shop)).status === 'ready');
  expect(await figures()).toMatchObject({ grossSales: '0.00', orders: 0 });

  await send((script) => script);
  const [, said = ''] = /"figures":(\{"grossSales":"25\.00".*"aovGross":"[^"]*"),/.exec(page) ?? [];
  const shown = JSON.parse(`${said.replace(/ \.\.\. /g, '')}}`) as Partial<SummaryAnswer['figures']>;
  await until('the order counts', async () => (await figures()).orders === 1);
  expect(await figures()).toMatchObject(shown);

  await send((script) => script);
  await send((script) =>
    script.replace('revision: 1', 'revision: 2').replace("'12.50'", "'13.00'").replace('my-shop/A-1/1', 'my-shop/A-1/2'),
  );
  await until('the correction counts', async () => (await figures()).grossSales === '26.00');
  expect(await figures()).toMatchObject({ orders: 1, units: 2 });
});
