import { joinAnswer, roomNames, roomTrouble, snapshot as anySnapshot, socketEvents, type RoomName, type Snapshot } from '#contracts';
import { io, type Socket } from 'socket.io-client';
import { ask, notUnderstood, RequestError } from './http.js';
import { reduce, type Effect, type LiveEvent } from './live.reducer.js';
import { initialState, type LiveState, type Received, type Trouble } from './live.state.js';
import { rejoinAfterMs } from './rejoin.js';

const answerWithinMs = 10_000;

/** The live figures as one store: events in, state out. */
export interface LiveStore {
  readonly state: () => LiveState;
  readonly subscribe: (listener: () => void) => () => void;
  readonly dispatch: (event: LiveEvent) => void;
  /** Opens the connection; the function it returns closes it. */
  readonly open: () => () => void;
  /** Connects anew, after signing in. */
  readonly retry: () => void;
}

/** @param now this machine's clock, milliseconds */
export function createLiveStore(now: () => number = Date.now): LiveStore {
  let state = initialState();
  let socket: Socket | null = null;
  const listeners = new Set<() => void>();
  const received = (snapshot: Snapshot): Received => ({ snapshot, at: now() });

  const dispatch = (event: LiveEvent): void => {
    const step = reduce(state, event);
    if (step.state !== state) {
      state = step.state;
      for (const listener of listeners) listener();
    }
    for (const effect of step.effects) void perform(effect);
  };

  const perform = async (effect: Effect): Promise<void> => {
    if (effect.type === 'leave') socket?.emit(socketEvents.leave, { room: effect.key });
    else if (effect.type === 'join') await join(effect);
    else await refetch(effect);
  };

  /** @param failures how many joins of this room failed before, in this turn */
  const join = async (effect: Extract<Effect, { type: 'join' }>, failures = 0): Promise<void> => {
    const { shop, name, query, turn } = effect;
    if (!socket) return;
    const isWanted = (): boolean => turn === state.turn && state.link === 'up' && state.rooms[name].key === null;
    let hasFailed = false;
    const failed = (trouble: Trouble): void => {
      // A refusal that comes late: the room is asked for again already.
      if (hasFailed) return;
      hasFailed = true;
      dispatch({ type: 'failed', name, turn, trouble });
      const wait = rejoinAfterMs(trouble.code, failures);
      if (wait !== null) setTimeout(() => isWanted() && void join(effect, failures + 1), wait);
    };
    const seconds = answerWithinMs / 1000;
    const detail = `The server did not answer for ${name} within ${seconds} s. This page goes on trying.`;
    const slow = setTimeout(() => failed({ code: 'no-answer', detail }), answerWithinMs);
    let answer: unknown;
    try {
      // However late it comes: the server has this page in the room then, and it is either shown or left.
      answer = await socket.emitWithAck(socketEvents.join, { shop, name, query });
    } catch {
      // A dropped connection joins again by itself when it is back.
      return;
    } finally {
      clearTimeout(slow);
    }
    const parsed = joinAnswer.safeParse(answer);
    if (!parsed.success) failed(notUnderstood(`The answer for ${name}`, parsed.error.issues));
    else if (!parsed.data.ok) failed({ code: parsed.data.code, detail: parsed.data.detail });
    else dispatch({ ...effect, type: 'joined', key: parsed.data.room, received: received(parsed.data.snapshot) });
  };

  const refetch = async ({ shop, name, query, turn }: Extract<Effect, { type: 'refetch' }>): Promise<void> => {
    const search = new URLSearchParams(Object.entries(query).map(([key, value]) => [key, String(value)]));
    try {
      const snapshot = await ask(`/api/v1/shops/${encodeURIComponent(shop)}/rooms/${name}?${search.toString()}`, anySnapshot);
      dispatch({ type: 'refetched', name, turn, received: received(snapshot) });
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      dispatch({ type: 'refetch-failed', name, turn });
    }
  };

  const open = (): (() => void) => {
    const link = io({
      path: '/socket.io',
      transports: ['websocket', 'polling'],
      reconnectionDelay: 400,
      reconnectionDelayMax: 4_000,
      randomizationFactor: 0.3,
    });
    socket = link;
    link.on('connect', () => dispatch({ type: 'link', event: 'connected' }));
    link.on('disconnect', (reason) => {
      dispatch({ type: 'link', event: 'dropped' });
      // A server that closes on purpose is not connected to again by the client library.
      if (reason === 'io server disconnect') link.connect();
    });
    // Not active any more = the server said no to this connection; a network that failed is tried again.
    link.on('connect_error', () => dispatch({ type: 'link', event: link.active ? 'failed' : 'refused' }));
    link.on(socketEvents.snapshot, (message: unknown) => {
      const parsed = anySnapshot.safeParse(message);
      if (parsed.success) dispatch({ type: 'pushed', received: received(parsed.data) });
      else dispatch({ type: 'garbled', name: nameOf(message), trouble: notUnderstood('A snapshot', parsed.error.issues) });
    });
    link.on(socketEvents.trouble, (message: unknown) => {
      const parsed = roomTrouble.safeParse(message);
      if (!parsed.success)
        return dispatch({ type: 'garbled', name: nameOf(message), trouble: notUnderstood('A notice', parsed.error.issues) });
      const { room: key, name, ...trouble } = parsed.data;
      dispatch({ type: 'troubled', name, key, trouble });
    });
    return () => {
      link.close();
      socket = null;
    };
  };

  return {
    state: () => state,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    dispatch,
    open,
    retry: () => {
      dispatch({ type: 'link', event: 'retried' });
      // A connection that is on its way carries who one was before, and would be refused in a moment.
      socket?.disconnect().connect();
    },
  };
}

/** Which room a message that was not understood is about, as far as it can be told. */
function nameOf(message: unknown): RoomName | null {
  const name = typeof message === 'object' && message !== null && 'name' in message ? message.name : null;
  return roomNames.find((each) => each === name) ?? null;
}
