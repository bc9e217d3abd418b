import type { Session } from 'chdb';

/** Asks the embedded engine how many writes the system has refused it, since the process began: as one number, or nothing. */
export const refusedWritesQuery = "SELECT value FROM system.events WHERE event = 'WriteBufferFromFileDescriptorWriteFailed'";

/** How many writes the system has refused the engine, asked on one of its connections. */
export async function refusedWritesOf(session: Session): Promise<number> {
  const answer = await session.queryAsync(refusedWritesQuery, { format: 'TabSeparated' });
  return Number(answer.text().trim() || 0);
}
