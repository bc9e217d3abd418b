import { expect, it } from 'vitest';
import { trainOrder } from './train-order.mjs';

const publishes = (words, env = {}) => trainOrder(words.split(' '), env).publish?.join(' ');

it('hands the trainer its words, and publishes what it wrote', () => {
  expect(trainOrder(['--shop', 'mine', '--url', 'http://s', '--api', 'http://a', '--no-publish'], {}).trainer).toEqual([
    '--shop',
    'mine',
    '--url',
    'http://s',
  ]);
  expect(publishes('--shop mine')).toBe('model publish .data/models/mine --shop mine --if-running');
  expect(publishes('--shop=mine --out=there')).toBe('model publish there --shop mine --if-running');
  expect(publishes('--shop mine --api http://a', { TIDELINE_DATA: '/d' })).toBe(
    'model publish /d/models/mine --shop mine --if-running --url http://a',
  );
  expect(publishes('--shop mine --kind clv')).toBe('model publish .data/models/mine --shop mine --if-running --kind clv');
  expect(publishes('--shop mine --kind demand')).toBe('demand publish .data/models/mine --shop mine --if-running');
  expect(publishes('--shop mine --api=http://a')).toContain('--url http://a');
});

it.each(['--shop mine --no-publish', '--shop mine --evaluate', '--help', '--out there'])('publishes nothing for %s', (words) => {
  expect(publishes(words)).toBeUndefined();
});
