import fc from 'fast-check';
import { expect, it } from 'vitest';
import { CrossingQueue, type Due } from './crossing-queue.js';

it('gives what is due in the order of instant and customer, and keeps it until it is said otherwise', () => {
  const queue = new CrossingQueue();
  queue.set('b', 20);
  queue.set('a', 20);
  queue.set('c', 10);
  queue.set('d', 30);
  expect(queue.next()).toEqual({ at: 10, customerId: 'c' });
  const due = [
    { at: 10, customerId: 'c' },
    { at: 20, customerId: 'a' },
    { at: 20, customerId: 'b' },
  ];
  expect(queue.due(20, 10)).toEqual(due);
  expect(queue.due(20, 2)).toEqual(due.slice(0, 2));
  queue.set('c', 40);
  queue.set('a', undefined);
  expect(queue.due(30, 10).map(({ customerId }) => customerId)).toEqual(['b', 'd']);
  expect(queue.size).toBe(3);
});

it('is a map of customers in order, whatever is said and in whatever turn', () => {
  const said = fc.array(fc.tuple(fc.integer({ min: 0, max: 60 }), fc.option(fc.integer({ min: 0, max: 30 }), { nil: undefined })), {
    maxLength: 3_000,
  });
  fc.assert(
    fc.property(said, fc.integer({ min: 0, max: 30 }), fc.integer({ min: 1, max: 100 }), (all, until, most) => {
      const queue = new CrossingQueue();
      const model = new Map<string, number>();
      all.forEach(([customer, at], turn) => {
        const id = String(customer).padStart(2, '0');
        queue.set(id, at);
        if (at === undefined) model.delete(id);
        else model.set(id, at);
        if (turn % 7 === 0) queue.due(until, 3);
      });
      const wanted: Due[] = [...model]
        .map(([customerId, at]) => ({ at, customerId }))
        .filter(({ at }) => at <= until)
        .sort((a, b) => a.at - b.at || (a.customerId < b.customerId ? -1 : 1));
      expect(queue.due(until, most)).toEqual(wanted.slice(0, most));
      expect(queue.size).toBe(model.size);
    }),
    { numRuns: 60 },
  );
});
