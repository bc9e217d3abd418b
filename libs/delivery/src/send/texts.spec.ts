import type { DeliveryMessage } from '#contracts';
import { describe, expect, it } from 'vitest';
import { digestMail, escapedHtml, singleMail } from './mail-text.js';
import { retryAfterOf } from './post.js';
import { escaped, slackBody } from './slack.js';

const opened: DeliveryMessage = {
  ...{ id: 'd1', shop: 'demo', channel: 'crm', at: '2026-03-02T12:00:00.000Z', about: 'alert', step: 'opened' },
  alert: {
    ...{ alertId: 'a1', customerId: '<!channel> & "co"', rule: 'churn-high', band: 'high', model: 'm', probability: 0.817, orders: 4 },
    ...{ netValueAtStake: '250.00', currency: 'GBP', reasons: ['92 days since the last order; usual gap 31 <days>'] },
    ...{ openedAt: '2026-03-02T12:00:00.000Z', expiresAt: '2026-04-01T12:00:00.000Z' },
  },
};
const alarm: DeliveryMessage = {
  ...{ id: 'd2', shop: 'demo', channel: 'crm', at: '2026-03-02T11:00:00.000Z', about: 'alarm', step: 'raised' },
  alarm: {
    code: 'gap',
    subject: 'transactions.v1/0',
    message: '7 messages were deleted.',
    since: '2026-03-02T10:59:50.000Z',
    runbook: 'docs/operations.md#alarm-gap',
  },
};

describe('what is said', () => {
  it('in chat calls nobody and formats nothing, whatever a customer is called', () => {
    const said = JSON.parse(slackBody(opened)) as { text: string; blocks: { text?: { text: string } }[] };
    expect(said.text).toBe('demo: customer &lt;!channel&gt; &amp; "co" is likely to be gone (82 %), 250.00 GBP at stake');
    expect(said.blocks[1]?.text?.text).toContain('• 92 days since the last order; usual gap 31 &lt;days&gt;');
    expect(slackBody(opened)).not.toMatch(/<|>/);
    expect(escaped('&'.repeat(10_000)).length).toBeLessThanOrEqual(3_000);
  });

  it('by mail is text, and HTML that holds no markup of others', () => {
    const { subject, text, html } = singleMail(opened);
    expect(subject).toBe('demo: customer <!channel> & "co" is likely to be gone (82 %), 250.00 GBP at stake');
    expect(text).toContain('  - 92 days since the last order; usual gap 31 <days>\n');
    expect(html).toContain('customer &#60;!channel&#62; &#38; &#34;co&#34; is');
    expect(escapedHtml(`<img src='x' onerror="y">`)).toBe('&#60;img src=&#39;x&#39; onerror=&#34;y&#34;&#62;');
  });

  it('in a digest is all of it, in the order in which it happened', () => {
    const { subject, text } = digestMail('demo', [opened, alarm]);
    expect(subject).toBe('demo: 2 things since the last digest');
    expect(text.indexOf('alarm gap')).toBeLessThan(text.indexOf('is likely to be gone'));
    expect(text).toContain('What to do: docs/operations.md#alarm-gap');
  });
});

it('a Retry-After is read in both of its forms, and what is none says nothing', () => {
  const now = Date.parse('2026-03-02T12:00:00Z');
  const asked = ['120', 'Mon, 02 Mar 2026 12:00:30 GMT', 'Mon, 02 Mar 2026 11:00:00 GMT', 'soon', null];
  expect(asked.map((each) => retryAfterOf(each, now))).toEqual([120_000, 30_000, 0, undefined, undefined]);
});
