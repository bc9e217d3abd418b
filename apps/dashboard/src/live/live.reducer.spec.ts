import { roomQueries, snapshot as anySnapshot, type AlertItem, type FeedItem, type RoomName, type Snapshot } from '#contracts';
import { describe, expect, it } from 'vitest';
import { marketingQueries, plainQueries, overviewQueries } from '../view/queries.js';
import { viewOf } from '../view/view.js';
import { nextLink } from './link.js';
import { reduce, type Effect, type LiveEvent } from './live.reducer.js';
import { initialState, isHistoryComing, pillOf, shownOf, waitingOf, type LiveState, type Query } from './live.state.js';
import { compareSeq } from './sequence.js';

const figures = {
  grossSales: '10.00',
  discounts: '0.00',
  returns: '0.00',
  netSales: '10.00',
  orders: 1,
  units: 1,
  buyers: 1,
  aovGross: '10.000000',
  aovNet: '10.000000',
  returnRate: '0.000000',
  returnedOrderRate: '0.000000',
};
const shopFields = { currency: 'GBP', timeZone: 'Europe/London' };
const span = { from: '2011-12-09T00:00:00Z', to: '2011-12-09T12:50:00Z' };

function alert(alertId: string): AlertItem {
  const instant = '2011-12-09T12:50:00Z';
  const times = { openedAt: instant, decidedAt: instant, movedAt: instant, expiresAt: instant, snoozedUntil: null };
  const people = { assignee: null, acknowledged: null, acted: null, rated: null };
  const rule = { rule: 'churn-high', ruleRevision: 0, band: 'high', model: 'churn-spec-00000000' } as const;
  const score = { probability: 0.8, orders: 4, netValueAtStake: '250.00', reasons: [] };
  return { alertId, customerId: alertId, state: 'open', ...rule, ...score, ...times, ...people };
}

function item(id: string): FeedItem {
  return { id, kind: 'order', entity: id, time: '2011-12-09T12:50:00Z', customer: null, country: null, amount: '1.00', units: 1 };
}

interface Given {
  readonly orders?: number;
  readonly items?: readonly string[];
  readonly lag?: number;
  readonly waitingMs?: number;
  readonly mode?: 'source';
  readonly asOf?: string;
  readonly lagMs?: number;
  readonly after?: string | null;
  readonly room?: string;
}

function snapshotOf(name: RoomName, seq: string, given: Given = {}): Snapshot {
  const data = {
    headline: {
      ...shopFields,
      ...span,
      figures: { ...figures, orders: given.orders ?? 1 },
      previous: null,
      pace: { ordersPerShopHour: 1, ordersPerRealMinute: 1 },
    },
    series: { ...shopFields, ...span, grain: 'hour', points: [] },
    feed: { ...shopFields, items: (given.items ?? []).map(item) },
    alerts: {
      ...shopFields,
      counts: { open: 1, acknowledged: 0, acted: 0, recovered: 0, expired: 0 },
      items: (given.items ?? []).map(alert),
    },
    pipeline: {
      state: 'ready',
      lag: given.lag ?? 0,
      waitingMs: given.waitingMs ?? 0,
      deadLetters: 0,
      audit: null,
      clock: { mode: given.mode ?? 'data', now: null, speed: null },
      alarms: [],
    },
  }[name];
  const stamp = { asOf: given.asOf ?? null, generation: seq.split('.')[0], watermark: {}, partial: false };
  const envelope = { room: given.room ?? `${name}-key`, name, shop: 'demo', seq, after: given.after ?? null, lagMs: given.lagMs ?? 10 };
  // Parsed, so that a test never runs on what the contract would refuse.
  return anySnapshot.parse({ ...envelope, data, ...stamp });
}

/** Applies events one after the other; the effects are those of the last one. */
function run(state: LiveState, ...events: LiveEvent[]): { state: LiveState; effects: readonly Effect[] } {
  let effects: readonly Effect[] = [];
  for (const event of events) ({ state, effects } = reduce(state, event));
  return { state, effects };
}

const up: LiveEvent = { type: 'link', event: 'connected' };
const down: LiveEvent = { type: 'link', event: 'dropped' };
const asked: LiveEvent = { type: 'asked', shop: 'demo', queries: overviewQueries(viewOf('?period=today')) };
const push = (snapshot: Snapshot): LiveEvent => ({ type: 'pushed', received: { snapshot, at: 0 } });
const joined = (turn: number, snapshot: Snapshot, query: Query = {}): LiveEvent => ({
  type: 'joined',
  shop: snapshot.shop,
  name: snapshot.name,
  query,
  turn,
  key: snapshot.room,
  received: { snapshot, at: 0 },
});

function live(): LiveState {
  let { state } = run(initialState(), up, asked);
  for (const name of ['headline', 'series', 'feed', 'pipeline'] as const) {
    ({ state } = run(state, joined(state.turn, snapshotOf(name, '1.1', { items: ['a'] }))));
  }
  return state;
}

const orders = (state: LiveState): number | undefined => shownOf(state, 'headline')?.data.figures.orders;

describe('the link', () => {
  it('moves by its table and by nothing else', () => {
    expect(nextLink('connecting', 'connected')).toBe('up');
    expect(nextLink('up', 'dropped')).toBe('lost');
    expect(nextLink('lost', 'connected')).toBe('up');
    expect(nextLink('lost', 'dropped')).toBe('lost');
    expect(nextLink('refused', 'retried')).toBe('connecting');
    expect(nextLink('up', 'retried')).toBe('up');
  });

  it('joins all rooms when it is up and a shop is chosen, whichever comes first', () => {
    for (const events of [
      [up, asked],
      [asked, up],
    ]) {
      const { effects } = run(initialState(), ...events);
      expect(effects.map((each) => each.type === 'join' && each.name)).toEqual(['headline', 'series', 'feed', 'pipeline']);
    }
    expect(run(initialState(), up).effects).toEqual([]);
  });

  it('asks with queries that the contract takes', () => {
    for (const search of ['?period=today', '?period=custom&from=2011-01-01&to=2011-02-01']) {
      const queries = overviewQueries(viewOf(search));
      for (const name of ['headline', 'series', 'feed', 'pipeline'] as const) {
        expect(roomQueries[name].safeParse(queries[name]).success, `${name} ${search}`).toBe(true);
      }
    }
  });

  it('asks for the rooms of the page that is shown, and for no others', () => {
    const marketing: LiveEvent = { type: 'asked', shop: 'demo', queries: marketingQueries('value') };
    const { state, effects } = run(live(), marketing);
    expect(effects.filter((each) => each.type === 'leave')).toHaveLength(4);
    const joins = effects.filter((each) => each.type === 'join');
    expect(joins.map(({ name }) => name)).toEqual(['pipeline', 'alerts']);
    for (const { name, query } of joins) expect(roomQueries[name].safeParse(query).success, name).toBe(true);
    expect(shownOf(state, 'headline')).toBeNull();
    // A room that is not asked for has no trouble either: nobody would see it go.
    const trouble = { code: 'x', detail: 'A snapshot is not what this page expects.' };
    expect(run(state, { type: 'garbled', name: null, trouble }).state.rooms.feed.trouble).toBeNull();
    expect(run(state, down, up).effects).toHaveLength(2);
    const model = run(state, { type: 'asked', shop: 'demo', queries: plainQueries });
    expect(model.effects.filter((each) => each.type === 'join').map(({ name }) => name)).toEqual(['pipeline']);
  });

  it('keeps what it shows while it is lost, and joins anew when it is back', () => {
    const lost = run(live(), down);
    expect(pillOf(lost.state)).toBe('reconnecting');
    expect(orders(lost.state)).toBe(1);
    const back = run(lost.state, up);
    expect(back.effects).toHaveLength(4);
    // The server was reset: its seq starts low again, and its answer counts all the same.
    const { state } = run(back.state, joined(back.state.turn, snapshotOf('headline', '0.1', { orders: 7 })));
    expect(orders(state)).toBe(7);
  });

  it('does not look at the answer to an older ask', () => {
    const before = live();
    const { state } = run(before, asked, joined(before.turn, snapshotOf('headline', '9.9', { orders: 9 })));
    expect(shownOf(state, 'headline')).toBeNull();
  });

  it('leaves a room whose answer comes when nobody wants it any more, but not one that is asked for again', () => {
    const ask = (period: string, shop = 'demo'): LiveEvent => ({
      type: 'asked',
      shop,
      queries: overviewQueries(viewOf(`?period=${period}`)),
    });
    const { state } = run(initialState(), up, ask('today'));
    const late = (...events: LiveEvent[]): readonly Effect[] =>
      run(state, ...events, joined(state.turn, snapshotOf('headline', '1.1'), state.rooms.headline.query ?? {})).effects;
    const leave = [{ type: 'leave', key: 'headline-key' }];
    expect(late(ask('last-7-days'))).toEqual(leave);
    expect(late(ask('today', 'other'))).toEqual(leave);
    expect(late({ type: 'asked', shop: 'demo', queries: plainQueries })).toEqual(leave);
    // To leave now would end the join that is under way.
    expect(late(ask('last-7-days'), ask('today'))).toEqual([]);
    expect(late()).toEqual([]);
  });

  it('leaves the rooms of the view before', () => {
    const { effects } = run(live(), asked);
    expect(effects.filter((each) => each.type === 'leave').map((each) => each.key)).toEqual([
      'headline-key',
      'series-key',
      'feed-key',
      'pipeline-key',
    ]);
  });
});

describe('snapshots', () => {
  it('replace older ones; those of another room, or older than what is shown, do not', () => {
    const shown = (...snapshots: Snapshot[]): number | undefined => orders(run(live(), ...snapshots.map(push)).state);
    expect(shown(snapshotOf('headline', '1.2', { orders: 2, after: '1.1' }))).toBe(2);
    expect(shown(snapshotOf('headline', '1.2', { orders: 2, after: '1.1', room: 'yesterday' }))).toBe(1);
    expect(shown(snapshotOf('headline', '0.9', { orders: 2, after: '0.8' }))).toBe(1);
  });

  it('that the answer to a join overtook are no gap', () => {
    const { state, effects } = run(live(), push(snapshotOf('headline', '0.9', { after: '0.8' })));
    expect(effects).toEqual([]);
    expect(pillOf(state)).toBe('live');
  });

  it('that follow on the one seen leave no gap; a skipped one is refetched, once', () => {
    const inOrder = run(live(), push(snapshotOf('headline', '1.2', { after: '1.1' })));
    expect(inOrder.effects).toEqual([]);
    const missed = run(inOrder.state, push(snapshotOf('headline', '1.4', { after: '1.3', orders: 4 })));
    expect(missed.effects).toMatchObject([{ type: 'refetch', name: 'headline' }]);
    expect(pillOf(missed.state)).toBe('behind');
    // State, not deltas: the newer one is shown at once.
    expect(orders(missed.state)).toBe(4);
    expect(run(missed.state, push(snapshotOf('headline', '1.9', { after: '1.8' }))).effects).toEqual([]);
    const filled = run(missed.state, {
      type: 'refetched',
      name: 'headline',
      turn: missed.state.turn,
      received: { snapshot: snapshotOf('headline', '1.5', { orders: 5 }), at: 0 },
    });
    expect([pillOf(filled.state), orders(filled.state)]).toEqual(['live', 5]);
    // The push that REST overtook closes the line without a new gap, and takes nothing back.
    const after = run(
      filled.state,
      push(snapshotOf('headline', '1.5', { after: '1.4', orders: 5 })),
      push(snapshotOf('headline', '1.6', { after: '1.5', orders: 6 })),
    );
    expect([pillOf(after.state), orders(after.state)]).toEqual(['live', 6]);
  });

  it('a refetch that fails leaves the page behind until a snapshot follows on', () => {
    const missed = run(live(), push(snapshotOf('feed', '1.4', { after: '1.3' })));
    const failed = run(missed.state, { type: 'refetch-failed', name: 'feed', turn: missed.state.turn });
    expect(pillOf(failed.state)).toBe('behind');
    expect(pillOf(run(failed.state, push(snapshotOf('feed', '1.5', { after: '1.4' }))).state)).toBe('live');
    expect(run(failed.state, push(snapshotOf('feed', '1.7', { after: '1.6' }))).effects).toMatchObject([{ type: 'refetch' }]);
  });

  it('with a lag beyond five seconds put the page behind, unless nothing waits', () => {
    const lagging = push(snapshotOf('headline', '1.2', { after: '1.1', lagMs: 5_001 }));
    expect(pillOf(run(live(), lagging).state)).toBe('live');
    const onTheWay = push(snapshotOf('pipeline', '1.2', { after: '1.1', lag: 12 }));
    expect(pillOf(run(live(), onTheWay, lagging).state)).toBe('live');
    const waits = push(snapshotOf('pipeline', '1.2', { after: '1.1', lag: 12, waitingMs: 1_000 }));
    expect(pillOf(run(live(), waits, lagging).state)).toBe('behind');
    expect(pillOf(run(live(), waits, push(snapshotOf('headline', '1.2', { after: '1.1', lagMs: 5_000 }))).state)).toBe('live');
  });

  it('with messages that have been waiting for more than five seconds put the page behind, however many just came', () => {
    const waits = (waitingMs: number, lag: number) => push(snapshotOf('pipeline', '1.2', { after: '1.1', lag, waitingMs }));
    expect(pillOf(run(live(), waits(0, 90_000)).state)).toBe('live');
    expect(pillOf(run(live(), waits(5_000, 11)).state)).toBe('live');
    expect(pillOf(run(live(), waits(5_001, 11)).state)).toBe('behind');
  });

  it('of a source without a clock say that its history is coming, until the clock starts', () => {
    const source = push(snapshotOf('pipeline', '1.2', { after: '1.1', mode: 'source' }));
    const clock = push(snapshotOf('headline', '1.2', { after: '1.1', asOf: '2026-01-01T00:00:00Z' }));
    expect(isHistoryComing(run(live(), source).state)).toBe(true);
    expect(pillOf(run(live(), source).state)).toBe('behind');
    expect(isHistoryComing(run(live(), source, clock).state)).toBe(false);
    // A shop on another clock has no history to wait for, nor has one that nothing comes to.
    expect(isHistoryComing(live())).toBe(false);
    expect(isHistoryComing(run(live(), source, push(snapshotOf('headline', '1.2', { after: '1.1', orders: 0 }))).state)).toBe(false);
    // A page without figures goes by the clock, and by whether anything is on its way.
    const { state } = run(live(), { type: 'asked', shop: 'demo', queries: plainQueries });
    const pipeline = (lag: number): LiveEvent => joined(state.turn, snapshotOf('pipeline', '1.1', { mode: 'source', lag }));
    expect(isHistoryComing(run(state, pipeline(9)).state)).toBe(true);
    expect(isHistoryComing(run(state, pipeline(0)).state)).toBe(false);
  });
});

describe('a pause', () => {
  const next = (seq: string, after: string, given: Given = {}): LiveEvent => push(snapshotOf('headline', seq, { after, ...given }));

  it('holds the figures, counts what waits, and shows the newest at the end', () => {
    const paused = run(live(), { type: 'paused' }, next('1.2', '1.1', { orders: 2 }), next('1.3', '1.2', { orders: 3 }));
    expect([pillOf(paused.state), orders(paused.state)]).toEqual(['paused', 1]);
    expect(waitingOf(paused.state)).toEqual({ snapshots: 2, items: 0, more: false });
    const resumed = run(paused.state, { type: 'resumed' });
    expect([pillOf(resumed.state), orders(resumed.state)]).toEqual(['live', 3]);
    expect(waitingOf(resumed.state).snapshots).toBe(0);
  });

  it('counts the items of the feed that are new', () => {
    const feed = (seq: string, after: string, items: readonly string[]): LiveEvent => push(snapshotOf('feed', seq, { after, items }));
    const paused = run(live(), { type: 'paused' }, feed('1.2', '1.1', ['b', 'a']), feed('1.3', '1.2', ['c', 'b', 'a']));
    expect(waitingOf(paused.state)).toEqual({ snapshots: 2, items: 2, more: false });
    const far = run(paused.state, feed('1.4', '1.3', ['f', 'e', 'd']));
    expect(waitingOf(far.state)).toEqual({ snapshots: 3, items: 3, more: true });
  });

  it('counts alerts that are new, where the page has them', () => {
    const marketing = run(live(), { type: 'asked', shop: 'demo', queries: marketingQueries('newest') });
    const { state } = run(marketing.state, joined(marketing.state.turn, snapshotOf('alerts', '1.1', { items: ['a'] })));
    const paused = run(state, { type: 'paused' }, push(snapshotOf('alerts', '1.2', { after: '1.1', items: ['b', 'a'] })));
    expect(waitingOf(paused.state)).toEqual({ snapshots: 1, items: 1, more: false });
  });

  it('does not hold back the first snapshot of a new view', () => {
    const asking = run(live(), { type: 'paused' }, asked);
    const { state } = run(asking.state, joined(asking.state.turn, snapshotOf('headline', '1.1', { orders: 8 })));
    expect(orders(state)).toBe(8);
  });

  it('goes on when the connection comes back meanwhile', () => {
    const lost = run(live(), { type: 'paused' }, down);
    expect(pillOf(lost.state)).toBe('reconnecting');
    const back = run(lost.state, up);
    const { state } = run(back.state, joined(back.state.turn, snapshotOf('headline', '2.1', { orders: 5 })));
    expect([pillOf(state), orders(state), waitingOf(state).snapshots]).toEqual(['paused', 1, 1]);
  });
});

describe('trouble', () => {
  it('of a room stands there until a good snapshot comes', () => {
    const trouble = { code: 'shop-unknown', detail: 'There is no shop nope.' };
    const failed = run(live(), { type: 'garbled', name: 'headline', trouble });
    expect(failed.state.rooms.headline.trouble).toEqual(trouble);
    expect(failed.state.rooms.feed.trouble).toBeNull();
    const { state } = run(failed.state, push(snapshotOf('headline', '1.2', { after: '1.1' })));
    expect(state.rooms.headline.trouble).toBeNull();
  });

  it('of a room that the server cannot read: its figures are not the newest until they come again', () => {
    const trouble = { code: 'engine-unavailable', detail: 'ClickHouse does not answer; it is tried again.' };
    const key = live().rooms.headline.key ?? '';
    const other = run(live(), { type: 'troubled', name: 'headline', key: `${key}&period=all`, trouble });
    expect([other.state.rooms.headline.trouble, pillOf(other.state)]).toEqual([null, 'live']);
    const troubled = run(live(), { type: 'troubled', name: 'headline', key, trouble });
    expect([troubled.state.rooms.headline.trouble, pillOf(troubled.state), orders(troubled.state)]).toEqual([trouble, 'behind', 1]);
    const { state } = run(troubled.state, push(snapshotOf('headline', '1.2', { after: '1.1' })));
    expect([state.rooms.headline.trouble, pillOf(state)]).toEqual([null, 'live']);
  });
});

it('seq compares as whole numbers, beyond what a float holds', () => {
  expect(compareSeq('1099511627777.9', '1099511627777.10')).toBeLessThan(0);
  expect(compareSeq('9007199254740993.0', '9007199254740992.9')).toBeGreaterThan(0);
  expect(compareSeq('5.1', '5.1')).toBe(0);
});
