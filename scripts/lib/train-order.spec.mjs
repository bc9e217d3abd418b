import { expect, it } from 'vitest';
import { trainOrder } from './train-order.mjs';

const orderOf = (words, env = {}) => trainOrder(words.split(' '), env);
const publishes = (words, env) => orderOf(words, env).publish?.join(' ');

it('hands the trainer its words, and publishes what it wrote', () => {
  expect(orderOf('--shop mine --url http://s --api http://a --no-publish').trainer).toEqual(['--shop', 'mine', '--url', 'http://s']);
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

it('has the CLI run the trainer again and again, which then says what came of it to a program', () => {
  expect(orderOf('--shop mine --kind demand --follow --every 7 --api http://a --url http://s')).toEqual({
    trainer: ['--shop', 'mine', '--kind', 'demand', '--url', 'http://s', '--json'],
    follow: ['demand', 'follow', '--shop', 'mine', '--out', '.data/models/mine', '--every', '7', '--url', 'http://a'],
  });
  expect(orderOf('--follow --kind=demand --shop=mine --out=there').follow?.join(' ')).toBe('demand follow --shop mine --out there');
});

it.each([
  '--shop mine --follow',
  '--shop mine --kind clv --follow',
  '--kind demand --follow',
  '--shop mine --kind demand --follow --evaluate',
  '--shop mine --kind demand --follow --no-publish',
])('follows nothing for %s', (words) => {
  expect(() => orderOf(words)).toThrow(/--kind demand --follow/);
});

it('knows no days without --follow', () => {
  expect(() => orderOf('--shop mine --kind demand --every 7')).toThrow(/--every is about --follow/);
});
