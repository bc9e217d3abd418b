import type { DeliveryMessage } from '#contracts';
import { wordsOf } from './words.js';

/** Texts of a block may have 3,000 characters; escaped, one may become five. */
const longest = 550;

/** Body for an incoming webhook: `text` for notifications, `blocks` for the page. */
export function slackBody(message: DeliveryMessage): string {
  const { headline, lines } = wordsOf(message);
  const points = lines.map((line) => `• ${escaped(line)}`).join('\n');
  return JSON.stringify({
    text: escaped(headline),
    blocks: [
      { type: 'section', text: { type: 'mrkdwn', text: `*${escaped(headline)}*` } },
      ...(points === '' ? [] : [{ type: 'section', text: { type: 'mrkdwn', text: points } }]),
      { type: 'context', elements: [{ type: 'mrkdwn', text: `Tideline, ${message.channel}, ${message.id}` }] },
    ],
  });
}

/** The three characters that have a meaning there: `<!channel>` in a customer's id must call nobody. */
export function escaped(text: string): string {
  return text.slice(0, longest).toWellFormed().replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
