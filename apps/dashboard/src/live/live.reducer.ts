import { roomNames, type RoomName, type Snapshot } from '#contracts';
import { nextLink, type LinkEvent } from './link.js';
import { emptyRoom, type LiveState, type Queries, type Query, type Received, type RoomState, type Trouble } from './live.state.js';
import { compareSeq } from './sequence.js';

/** A room as it was asked for. */
interface Ask {
  readonly shop: string;
  readonly name: RoomName;
  readonly query: Query;
  readonly turn: number;
}

export type LiveEvent =
  | { readonly type: 'link'; readonly event: LinkEvent }
  | { readonly type: 'asked'; readonly shop: string; readonly queries: Queries }
  | (Ask & { readonly type: 'joined'; readonly key: string; readonly received: Received })
  | { readonly type: 'pushed'; readonly received: Received }
  | { readonly type: 'refetched'; readonly name: RoomName; readonly turn: number; readonly received: Received }
  | { readonly type: 'refetch-failed'; readonly name: RoomName; readonly turn: number }
  | { readonly type: 'failed'; readonly name: RoomName; readonly turn: number; readonly trouble: Trouble }
  | { readonly type: 'troubled'; readonly name: RoomName; readonly key: string; readonly trouble: Trouble }
  | { readonly type: 'garbled'; readonly name: RoomName | null; readonly trouble: Trouble }
  | { readonly type: 'paused' }
  | { readonly type: 'resumed' };

/** What is to be done outside: the reducer itself touches nothing. */
export type Effect =
  (Ask & { readonly type: 'join' }) | { readonly type: 'leave'; readonly key: string } | (Ask & { readonly type: 'refetch' });

export interface Step {
  readonly state: LiveState;
  readonly effects: readonly Effect[];
}

/** One event applied. Pure: the same state and event give the same step. */
export function reduce(state: LiveState, event: LiveEvent): Step {
  switch (event.type) {
    case 'link': {
      const link = nextLink(state.link, event.event);
      if (link === state.link) return still(state);
      return link === 'up' ? join({ ...state, link }) : still({ ...eachRoom(state, cut), link });
    }
    case 'asked': {
      const effects = roomNames.flatMap((name): Effect[] => {
        const { key } = state.rooms[name];
        return key === null ? [] : [{ type: 'leave', key }];
      });
      const asked = eachRoom({ ...state, shop: event.shop }, (_, name) => emptyRoom(event.queries[name] ?? null));
      const step = join(asked);
      return { state: step.state, effects: [...effects, ...step.effects] };
    }
    case 'joined':
      if (event.turn !== state.turn) return isAsked(state, event) ? still(state) : abandon(state, event.key);
      return still(
        withRoom(state, event.name, (room) => ({
          // The answer stands for itself: after a reset of the server its seq may be lower than what was shown before.
          ...taken(room, event.received, state.paused),
          key: event.key,
          seen: event.received.snapshot.seq,
          gap: 'none',
        })),
      );
    case 'pushed':
      return pushed(state, event.received);
    case 'refetched':
      if (event.turn !== state.turn) return still(state);
      return still(
        withRoom(state, event.name, (room) => ({
          ...(isNewer(room, event.received.snapshot) ? taken(room, event.received, state.paused) : room),
          gap: 'none',
        })),
      );
    case 'refetch-failed':
      if (event.turn !== state.turn) return still(state);
      return still(withRoom(state, event.name, (room) => ({ ...room, gap: 'open' })));
    case 'failed':
      if (event.turn !== state.turn) return still(state);
      return still(withRoom(state, event.name, (room) => ({ ...room, trouble: event.trouble })));
    case 'troubled':
      return still(withRoom(state, event.name, (room) => (room.key === event.key ? { ...room, trouble: event.trouble } : room)));
    case 'garbled':
      return still(
        eachRoom(state, (room, name) =>
          (event.name ?? name) === name && room.query !== null ? { ...room, trouble: event.trouble } : room,
        ),
      );
    case 'paused':
      return still({ ...state, paused: true });
    case 'resumed':
      return still({ ...eachRoom(state, released), paused: false });
  }
}

function still(state: LiveState): Step {
  return { state, effects: [] };
}

/** Asks for all rooms of the page anew, once the link is up and a shop is chosen. */
function join(state: LiveState): Step {
  const turn = state.turn + 1;
  const next = { ...eachRoom(state, cut), turn };
  const { shop } = next;
  if (next.link !== 'up' || shop === null) return still(next);
  const effects = roomNames.flatMap((name): Effect[] => {
    const { query } = next.rooms[name];
    return query === null ? [] : [{ type: 'join', shop, name, query, turn }];
  });
  return { state: next, effects };
}

/** An answer that nobody waits for any more: the server would read and push the room for as long as the connection is in it. */
function abandon(state: LiveState, key: string): Step {
  return { state, effects: [{ type: 'leave', key }] };
}

/** Whether the page as it is now asks for the same room: its own ask may have no answer yet, or the same key. */
function isAsked(state: LiveState, { shop, name, query }: Ask): boolean {
  return state.shop === shop && JSON.stringify(state.rooms[name].query) === JSON.stringify(query);
}

/** A push belongs to the room whose key it carries; one of a room that was left is not looked at. */
function pushed(state: LiveState, received: Received): Step {
  const { snapshot } = received;
  const { name } = snapshot;
  const room = state.rooms[name];
  if (room.key === null || room.key !== snapshot.room) return still(state);
  const missed = snapshot.after !== null && room.seen !== null && snapshot.after !== room.seen;
  // The join's answer may have overtaken a push that was already on its way: such a one follows on nothing, and nothing is missing.
  const overtaken = room.seen !== null && compareSeq(snapshot.seq, room.seen) <= 0;
  if (overtaken) return still(state);
  const gap = missed ? 'refetching' : room.gap === 'open' ? 'none' : room.gap;
  const next = withRoom(state, name, (before) => ({
    ...(isNewer(before, snapshot) ? taken(before, received, state.paused) : before),
    seen: snapshot.seq,
    gap,
  }));
  // One refetch at a time: a slow line that misses many snapshots must not be made slower by asking for each.
  if (!missed || room.gap === 'refetching' || state.shop === null || room.query === null) return still(next);
  return { state: next, effects: [{ type: 'refetch', shop: state.shop, name, query: room.query, turn: state.turn }] };
}

function isNewer(room: RoomState, snapshot: Snapshot): boolean {
  const newest = room.held ?? room.shown;
  return newest === null || compareSeq(snapshot.seq, newest.snapshot.seq) > 0;
}

/** Shows a snapshot, or keeps it back while paused. The first one is always shown: a pause holds figures, not an empty page. */
function taken(room: RoomState, received: Received, paused: boolean): RoomState {
  if (paused && room.shown !== null) return { ...room, held: received, waiting: room.waiting + 1, trouble: null };
  return { ...room, shown: received, held: null, waiting: 0, trouble: null };
}

function released(room: RoomState): RoomState {
  return { ...room, shown: room.held ?? room.shown, held: null, waiting: 0 };
}

/** The connection's part of a room is void; what it shows stays. */
function cut(room: RoomState): RoomState {
  return { ...room, key: null, seen: null, gap: 'none' };
}

function withRoom(state: LiveState, name: RoomName, change: (room: RoomState) => RoomState): LiveState {
  return { ...state, rooms: { ...state.rooms, [name]: change(state.rooms[name]) } };
}

function eachRoom(state: LiveState, change: (room: RoomState, name: RoomName) => RoomState): LiveState {
  const rooms = Object.fromEntries(roomNames.map((name) => [name, change(state.rooms[name], name)])) as Record<RoomName, RoomState>;
  return { ...state, rooms };
}
