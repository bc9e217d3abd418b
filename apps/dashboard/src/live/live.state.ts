import { roomNames, type RoomName, type Snapshot } from '#contracts';
import type { LinkState } from './link.js';

/** What went wrong, in words for the person in front of the page. */
export interface Trouble {
  readonly code: string;
  readonly detail: string;
}

/** The snapshot of a room that a name stands for. */
export type SnapshotOf<N extends RoomName> = Extract<Snapshot, { name: N }>;

/** A snapshot, and when this page got it (milliseconds of this machine's clock). */
export interface Received {
  readonly snapshot: Snapshot;
  readonly at: number;
}

/** What a room is asked with: period, range, grain, limit. */
export type Query = Readonly<Record<string, string | number>>;

export interface RoomState {
  /** Null: the page that is shown has no use for this room. */
  readonly query: Query | null;
  /** Key of the room as the server named it; null until it has answered. */
  readonly key: string | null;
  /** What the page shows. */
  readonly shown: Received | null;
  /** The newest of what came while paused. */
  readonly held: Received | null;
  /** How many snapshots came while paused. */
  readonly waiting: number;
  /** The newest seq that came by the socket: what the next one must follow on. */
  readonly seen: string | null;
  /** Snapshots were missed: `refetching` while REST is asked, `open` when that failed. */
  readonly gap: 'none' | 'refetching' | 'open';
  readonly trouble: Trouble | null;
}

export interface LiveState {
  readonly link: LinkState;
  readonly paused: boolean;
  readonly shop: string | null;
  /** Counts up with each ask and each connection: an answer to an older one is not looked at. */
  readonly turn: number;
  readonly rooms: Readonly<Record<RoomName, RoomState>>;
}

/** The rooms of a page, and what each is asked with. */
export type Queries = Readonly<Partial<Record<RoomName, Query>>>;

/** Lag beyond which the page says that it is behind. */
export const behindAfterMs = 5_000;

/** The state of a shop while Kafka does not answer: nobody knows what waits, and a wait of zero says nothing. */
export const brokerAway = 'broker-away';

export function emptyRoom(query: RoomState['query']): RoomState {
  return { query, key: null, shown: null, held: null, waiting: 0, seen: null, gap: 'none', trouble: null };
}

export function initialState(): LiveState {
  const rooms = Object.fromEntries(roomNames.map((name) => [name, emptyRoom(null)])) as Record<RoomName, RoomState>;
  return { link: 'connecting', paused: false, shop: null, turn: 0, rooms };
}

/** What a room shows, with the type of its name. */
export function shownOf<N extends RoomName>(state: LiveState, name: N): SnapshotOf<N> | null {
  const snapshot = state.rooms[name].shown?.snapshot;
  return snapshot?.name === name ? (snapshot as SnapshotOf<N>) : null;
}

export type Pill = 'connecting' | 'live' | 'paused' | 'reconnecting' | 'behind' | 'refused';

/** The one word for the state of the page. A lost connection outranks a pause: what is then missed is not even buffered. */
export function pillOf(state: LiveState): Pill {
  if (state.link === 'connecting') return 'connecting';
  if (state.link === 'refused') return 'refused';
  if (state.link === 'lost') return 'reconnecting';
  if (state.paused) return 'paused';
  return isBehind(state) ? 'behind' : 'live';
}

/**
 * Messages on their way are no lag, for where orders stream there always are some: it is how long they have been waiting. What the newest
 * event took counts only while some wait: in a shop where nothing happens it says nothing of now.
 */
export function isBehind(state: LiveState): boolean {
  if (roomNames.some((name) => standsStill(state.rooms[name])) || isHistoryComing(state)) return true;
  const pipeline = shownOf(state, 'pipeline')?.data;
  if (pipeline?.state === brokerAway) return true;
  const waitingMs = pipeline?.waitingMs ?? 0;
  return waitingMs > behindAfterMs || (waitingMs > 0 && (shownOf(state, 'headline')?.lagMs ?? 0) > behindAfterMs);
}

/** Whether a room that was joined does not show its newest: snapshots were missed, or the server cannot read it. */
function standsStill({ gap, key, trouble }: RoomState): boolean {
  return gap !== 'none' || (key !== null && trouble !== null);
}

/**
 * Whether a shop that its source gives the time has none yet: the source sends its history first. Until then nothing is of today, and
 * every period shows all that has come.
 */
export function isHistoryComing(state: LiveState): boolean {
  const pipeline = shownOf(state, 'pipeline');
  const headline = shownOf(state, 'headline');
  if (pipeline?.data.clock.mode !== 'source') return false;
  // A page without figures goes by the clock alone.
  if (state.rooms.headline.query === null) return pipeline.data.clock.now === null && pipeline.data.lag > 0;
  if (headline === null || headline.shop !== pipeline.shop) return false;
  return headline.asOf === null && (headline.data.figures.orders > 0 || pipeline.data.lag > 0);
}

export interface Waiting {
  readonly snapshots: number;
  readonly items: number;
  /** The held list shares nothing with the shown one: there may be more items than it holds. */
  readonly more: boolean;
}

/** When the newest of what is shown came; null where nothing is shown yet. */
export function newestAt(state: LiveState): number | null {
  const shown = roomNames.flatMap((name) => state.rooms[name].shown?.at ?? []);
  return shown.length === 0 ? null : Math.max(...shown);
}

/** What waits behind a pause. */
export function waitingOf(state: LiveState): Waiting {
  const snapshots = roomNames.reduce((sum, name) => sum + state.rooms[name].waiting, 0);
  const [held, shown] = [idsOf(heldList(state)), new Set(idsOf(shownOf(state, 'feed') ?? shownOf(state, 'alerts')))];
  const items = held.filter((id) => !shown.has(id)).length;
  return { snapshots, items, more: items > 0 && items === held.length };
}

/** The list that waits: a page has one at most. */
function heldList({ rooms }: LiveState): Snapshot | undefined {
  return rooms.feed.held?.snapshot ?? rooms.alerts.held?.snapshot;
}

function idsOf(snapshot: Snapshot | null | undefined): readonly string[] {
  if (snapshot?.name === 'feed') return snapshot.data.items.map(({ id }) => id);
  return snapshot?.name === 'alerts' ? snapshot.data.items.map(({ alertId }) => alertId) : [];
}
