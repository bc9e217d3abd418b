import type { StoredChannel } from '#warehouse';
import { expect, it } from 'vitest';
import { ChannelBook } from './channel-book.js';

const stored = (channel: string, revision: number, body: string): StoredChannel => ({
  ...{ channel, revision, body, by: 'spec', writtenAt: revision * 10 },
});
const webhook = JSON.stringify({ kind: 'webhook', name: 'n', url: 'https://crm.example.org/', secret: 's', revision: 0 });

it('a revision that cannot be read counts as off from its moment on, is said, and can be replaced; other channels go on', () => {
  const book = new ChannelBook([
    stored('crm', 1, webhook),
    stored('crm', 2, '{"kind":"pigeon"}'),
    stored('mail', 1, 'no json'),
    stored('other', 1, webhook),
  ]);
  expect(book.at(10).map(({ id }) => id)).toEqual(['crm', 'other']);
  expect(book.at(20).map(({ id }) => id)).toEqual(['other']);
  expect(book.newest().map(({ id, revision, on }) => [id, revision, on])).toEqual([
    ['crm', 2, false],
    ['mail', 1, false],
    ['other', 1, true],
  ]);
  expect(book.unreadable.map((each) => each.slice(0, 17))).toEqual(['crm, revision 2: ', 'mail, revision 1:']);
});
