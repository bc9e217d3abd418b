import type { DeliveryMessage } from '#contracts';
import { wordsOf, type Words } from './words.js';

/** A mail without its addresses. */
export interface MailText {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

export function singleMail(message: DeliveryMessage): MailText {
  const words = wordsOf(message);
  return { subject: words.headline, text: `${plain(words)}\n`, html: page([words]) };
}

/** All that waited for the hour, in the order in which it happened. */
export function digestMail(shop: string, messages: readonly DeliveryMessage[]): MailText {
  const all = [...messages].sort((a, b) => a.at.localeCompare(b.at) || a.id.localeCompare(b.id)).map(wordsOf);
  const subject = `${shop}: ${all.length} ${all.length === 1 ? 'thing' : 'things'} since the last digest`;
  return { subject, text: `${all.map(plain).join('\n\n')}\n`, html: page(all) };
}

function plain({ headline, lines }: Words): string {
  return [headline, ...lines.map((line) => `  - ${line}`)].join('\n');
}

function page(all: readonly Words[]): string {
  const parts = all.map(({ headline, lines }) => {
    const points = lines.map((line) => `<li>${escapedHtml(line)}</li>`).join('');
    return `<h2 style="font-size:1.1em">${escapedHtml(headline)}</h2><ul>${points}</ul>`;
  });
  return `<!doctype html><html lang="en"><body>${parts.join('')}</body></html>`;
}

export function escapedHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
