import type { ModelMove } from '#contracts';
import { expect, it } from 'vitest';
import { rolesAfter } from './model-roles.js';

/** `promote a` per line of a log, and what it comes to: active, shadow, where a rollback leads. */
function after(...log: string[]): (string | undefined)[] {
  const { active, shadow, before } = rolesAfter(
    log.map((line) => {
      const [move, version] = line.split(' ') as [ModelMove, string];
      return { move, version };
    }),
  );
  return [active, shadow, before];
}

const none = undefined;

it.each<[string, string[], (string | undefined)[]]>([
  ['nothing was said', [], [none, none, none]],
  ['one promoted', ['promote a'], ['a', none, none]],
  ['another over it', ['promote a', 'promote b'], ['b', none, 'a']],
  ['rolled back', ['promote a', 'promote b', 'rollback a'], ['a', none, none]],
  ['rolled back twice, through history', ['promote a', 'promote b', 'promote c', 'rollback b', 'rollback a'], ['a', none, none]],
  [
    'promoted after a rollback: what was rolled back is not history',
    ['promote a', 'promote b', 'rollback a', 'promote c'],
    ['c', none, 'a'],
  ],
  ['the first one again', ['promote a', 'promote b', 'promote a'], ['a', none, 'b']],
  ['two who roll back at once go one step', ['promote a', 'promote b', 'promote c', 'rollback b', 'rollback b'], ['b', none, 'a']],
  ['a rollback decided before a promotion that came first', ['promote a', 'promote b', 'promote c', 'rollback a'], ['a', none, none]],
  ['two who promote the same', ['promote a', 'promote b', 'promote b'], ['b', none, 'a']],
  ['a shadow beside', ['promote a', 'shadow b'], ['a', 'b', none]],
  ['a shadow promoted is no shadow any more', ['promote a', 'shadow b', 'promote b'], ['b', none, 'a']],
  ['a later shadow in its place', ['shadow a', 'shadow b'], [none, 'b', none]],
  ['the active one stays active', ['promote a', 'shadow a'], ['a', none, none]],
  ['the shadow withdrawn', ['promote a', 'shadow b', 'withdraw b'], ['a', none, none]],
  ['the active one withdrawn: a rollback does not lead to it', ['promote a', 'promote b', 'withdraw b'], [none, none, 'a']],
  ['and rolled back', ['promote a', 'promote b', 'withdraw b', 'rollback a'], ['a', none, none]],
  ['the only one withdrawn', ['promote a', 'withdraw a'], [none, none, none]],
  ['what was withdrawn before another one was promoted', ['promote a', 'withdraw a', 'promote b'], ['b', none, none]],
  ['withdrawn, though it was active twice', ['promote a', 'promote b', 'promote a', 'withdraw a'], [none, none, 'b']],
  [
    'the shadow withdrawn that was active before: a rollback does not lead to it',
    ['promote a', 'promote b', 'shadow a', 'withdraw a'],
    ['b', none, none],
  ],
  ['what was active before withdrawn, with another one below it', ['promote a', 'promote b', 'promote c', 'withdraw b'], ['c', none, 'a']],
  [
    'withdrawn from between, and then the active one',
    ['promote a', 'promote b', 'promote c', 'withdraw b', 'withdraw c'],
    [none, none, 'a'],
  ],
  ['promoted again after it was withdrawn', ['promote a', 'withdraw a', 'promote b', 'promote a'], ['a', none, 'b']],
])('%s', (_, log, wanted) => {
  expect(after(...log)).toEqual(wanted);
});
