/** The connection as a machine: states, events, table. What is not in the table does not move it. */

export const linkTable = {
  connecting: { connected: 'up', failed: 'lost', refused: 'refused' },
  up: { dropped: 'lost', refused: 'refused' },
  lost: { connected: 'up', refused: 'refused' },
  refused: { connected: 'up', retried: 'connecting' },
} as const satisfies Record<string, Record<string, string>>;

export type LinkState = keyof typeof linkTable;
export type LinkEvent = 'connected' | 'failed' | 'dropped' | 'refused' | 'retried';

export function nextLink(state: LinkState, event: LinkEvent): LinkState {
  const moves: Partial<Record<LinkEvent, LinkState>> = linkTable[state];
  return moves[event] ?? state;
}
