import { topicOf, type AlertsAnswer, type CustomerScore, type PipelineAnswer, type ShopAnswer } from '#contracts';
import { openStreaming, type Streaming } from '#streaming';
import { anOrder, Instance, silent } from '#testing';
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../browser/demo.js';
import { accessibilityOf, launch, open, sidewaysScroll, textOf, type Watched } from '../browser/stage.js';
import { screens } from './screens.js';

// Marketing on the built program, with its own Kafka and engine and two people who are signed in. Scores are said by hand, as the
// scorer says them: which customer is likely to be gone must not hang on a model here. Needs the build (npm test makes it).

const shop = 'north';
const people = { ann: 'marketer', bob: 'marketer', olga: 'operator', vera: 'viewer', root: 'admin' } as const;
type Person = keyof typeof people;
const tokenOf = (person: Person): string => `token-of-${person}-${'x'.repeat(16)}`;

let directory: string;
let browser: Browser;
let instance: Instance;
let streaming: Streaming;
const opened: Watched[] = [];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tideline-page-marketing-'));
  const users = join(directory, 'users.yaml');
  const lines = Object.entries(people).map(([name, role]) => {
    const hash = createHash('sha256')
      .update(tokenOf(name as Person))
      .digest('hex');
    return `- { name: ${name}, role: ${role}, tokenHash: ${hash} }`;
  });
  await writeFile(users, `${lines.join('\n')}\n`);
  [browser, instance] = await Promise.all([launch(), Instance.start(join(directory, 'data'), { TIDELINE_USERS: users })]);
  const { kafka } = await call<PipelineAnswer>('GET', '/api/v1/pipeline');
  streaming = openStreaming({ brokers: kafka.brokers, clientId: 'tests', logger: silent });
  await call('PUT', `/api/v1/shops/${shop}`, { timeZone: 'UTC', currency: 'EUR' });
  await until(`${shop} is ready`, async () => (await call<ShopAnswer>('GET', `/api/v1/shops/${shop}`)).status === 'ready');
  const { topic, key, value } = anOrder({ orderId: 'o-1', customerId: 'C1', orderedAt: new Date().toISOString(), currency: 'EUR' });
  await send(topic, key, value);
  await until('the shop has a time', async () => (await call<{ asOf: string | null }>('GET', effect)).asOf !== null);
}, 120_000);
afterAll(async () => {
  for (const { context } of opened) await context.close();
  await browser?.close();
  await streaming?.close();
  await instance?.stop();
  await rm(directory, { recursive: true, force: true });
});

const effect = `/api/v1/shops/${shop}/alert-rules/churn-high/effect`;

async function call<T>(method: string, path: string, body?: object, as: Person = 'root'): Promise<T> {
  const response = await fetch(new URL(path, instance.url), {
    method,
    headers: { authorization: `Bearer ${tokenOf(as)}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}

async function send(topic: Parameters<typeof topicOf>[1], key: string | null, value: string): Promise<void> {
  const producer = await streaming.producer();
  await producer.send(topicOf(shop, topic), [{ key, value }]);
  await producer.close();
}

/** A customer becomes likely to be gone. */
async function score(customerId: string, change: Partial<CustomerScore> = {}): Promise<void> {
  const decidedAt = new Date().toISOString();
  const data: CustomerScore = {
    ...{ customerId, kind: 'churn', model: 'churn-spec-00000000', decidedAt, cause: 'silence', probability: 0.874, band: 'high' },
    ...{
      previousBand: 'medium',
      orders: 4,
      netValueAtStake: '250.005',
      reasons: ['92 days since the last order; usual gap 31'],
      muted: false,
    },
    ...change,
  };
  const event = { specversion: '1.0', id: `${customerId}/${decidedAt}`, source: '/tests', type: 'tideline.customer.scored.v1' };
  await send('alerts.v1', customerId, JSON.stringify({ ...event, subject: customerId, time: decidedAt, recordedtime: decidedAt, data }));
}

/** Signs in as a browser does. */
async function enter(person: Person, path = `/?shop=${shop}&page=marketing`): Promise<Watched> {
  const watched = await open(browser, `${instance.url}${path}`);
  opened.push(watched);
  await watched.page.getByLabel('Access token', { exact: true }).fill(tokenOf(person));
  await watched.page.keyboard.press('Enter');
  await watched.page.getByTestId('region-alerts').waitFor();
  return watched;
}

/** Complaints but for the answers that a server refuses with, which the browser writes itself. */
const beyond = (watched: Watched, ...statuses: readonly string[]): string[] =>
  watched.complaints.filter((each) => !statuses.some((status) => each.includes(`status of ${status}`)));

const line = (page: Page, customer: string) => page.getByTestId('alert').filter({ hasText: customer });

describe('marketing on a running instance', () => {
  it('an alert appears without a reload; one acknowledges it, the other is refused in words, and both see how it stands', async () => {
    const ann = await enter('ann');
    await ann.page.getByTestId('no-alerts').waitFor();
    expect(await textOf(ann.page, 'no-model')).toContain(`npm run train -- --shop ${shop}`);
    await score('C1');
    await line(ann.page, 'C1').waitFor();
    expect(await line(ann.page, 'C1').getAttribute('data-new')).toBe('true');
    expect(await line(ann.page, 'C1').innerText()).toContain('€250.01');
    expect(await line(ann.page, 'C1').locator('.amount').getAttribute('title')).toBe('Net value at stake: EUR 250.005');
    await line(ann.page, 'C1').getByRole('link').click();
    await ann.page.getByTestId('card-probability').getByText('87% probability of no order in the next 90 days').waitFor();
    expect(await ann.page.locator('[data-testid=pill]').getAttribute('data-state')).toBe('live');

    const bob = await enter('bob', new URL(ann.page.url()).search);
    await bob.page.getByTestId('do-acknowledge').waitFor();
    // In a pause the other one still sees it as it was.
    await bob.page.getByTestId('pause').click();
    await ann.page.getByTestId('do-acknowledge').click();
    await ann.page.locator('[data-testid=card][data-state=acknowledged]').waitFor();
    await ann.page.getByTestId('log').getByText('Acknowledged by ann').waitFor();
    // It leaves the list of those that are open by itself.
    await ann.page.getByTestId('no-alerts').waitFor();
    expect(await ann.page.getByTestId('state-acknowledged').getAttribute('data-count')).toBe('1');
    expect(await bob.page.getByTestId('card').getAttribute('data-state')).toBe('open');
    await bob.page.getByTestId('do-acknowledge').click();
    await bob.page.locator('[data-testid=outcome][data-now=refused]').waitFor();
    expect(await textOf(bob.page, 'outcome')).toMatch(
      /^Already acknowledged by ann at \d+ \w+ \d{4}, \d\d:\d\d:\d\d\. .* already-acknowledged$/,
    );
    await bob.page.locator('[data-testid=card][data-state=acknowledged]').waitFor();
    await bob.page.getByTestId('log').getByText('Refused to bob').waitFor();
    expect(await accessibilityOf(bob.page)).toEqual([]);
    expect(beyond(ann, '401')).toEqual([]);
    expect(beyond(bob, '401', '409')).toEqual([]);
  }, 60_000);

  it('filters by state, and ranks by value where that is asked for, as REST does', async () => {
    await score('C2', { netValueAtStake: '900719925474.13' });
    await score('C3', { netValueAtStake: '75.00' });
    await score('C4', { netValueAtStake: '75.01', muted: true });
    const [{ page }] = opened as [Watched];
    await line(page, 'C3').waitFor();
    await page.getByTestId('close').click();
    const shown = (): Promise<string[]> => page.locator('[data-testid=alert] .customer').allInnerTexts();
    await expect.poll(shown).toEqual(['C3', 'C2']);
    await page.getByTestId('sort').selectOption('value');
    await expect.poll(shown).toEqual(['C2', 'C3']);
    expect(await line(page, 'C2').innerText()).toContain('€900,719,925,474.13');
    const { alerts } = await call<AlertsAnswer>('GET', `/api/v1/shops/${shop}/alerts?state=open&sort=value`, undefined, 'olga');
    expect(alerts.map(({ customerId }) => customerId)).toEqual(['C2', 'C3']);
    await page.getByTestId('state-acknowledged').click();
    await expect.poll(shown).toEqual(['C1']);
    expect(new URL(page.url()).search).toBe(`?shop=${shop}&page=marketing&state=acknowledged&sort=value`);
    expect(await page.getByTestId('state-open').getAttribute('data-count')).toBe('2');
    // What was decided in a history is written down, and nobody is told.
    await page.getByTestId('reason-muted').waitFor();
    expect(await textOf(page, 'muted')).toContain('1 decision lies in the history');
    await page.getByTestId('effect-churn-high').getByText('Not yet known.').waitFor();
  }, 60_000);

  it('says to an operator why nothing can be done, and to a viewer why there is no list', async () => {
    const olga = await enter('olga');
    await line(olga.page, 'C2').getByRole('link').click();
    expect(await textOf(olga.page, 'why-not')).toContain('takes the role marketer; you are operator');
    expect(await olga.page.getByTestId('do-acknowledge').isDisabled()).toBe(true);
    const vera = await enter('vera');
    await vera.page.getByTestId('region-alerts').getByText('needs the role operator; vera is viewer').waitFor();
    expect(await textOf(vera.page, 'read-only')).toContain('You are signed in as vera, viewer');
    expect(await accessibilityOf(vera.page)).toEqual([]);
    expect(beyond(vera, '401', '403')).toEqual([]);
  }, 60_000);

  it('the model page of a shop without one says what to run', async () => {
    const [{ page }] = opened as [Watched];
    await page.getByRole('link', { name: 'Model' }).click();
    await page.getByTestId('no-model').getByText(`npm run train -- --shop ${shop}`).waitFor();
    await page.getByText('No version has had a part in this shop.').waitFor();
    expect(await accessibilityOf(page)).toEqual([]);
  });

  for (const { width, scheme } of screens([360, 1280])) {
    it(`${width} pixels, ${scheme}: no sideways scroll, axe clean`, async () => {
      const [{ page, context }] = opened as [Watched];
      const other = await context.newPage();
      await other.emulateMedia({ colorScheme: scheme });
      await other.setViewportSize({ width, height: 800 });
      await other.goto(`${instance.url}/?shop=${shop}&page=marketing`);
      await other.getByTestId('alert').nth(1).waitFor();
      expect(await sidewaysScroll(other)).toBe(0);
      expect(await accessibilityOf(other)).toEqual([]);
      await other.close();
      expect(page.isClosed()).toBe(false);
    });
  }
});
