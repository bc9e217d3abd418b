/** Asks the embedded engine how many writes the system has refused it, since the process began: as one number, or nothing. */
export const refusedWritesQuery = "SELECT value FROM system.events WHERE event = 'WriteBufferFromFileDescriptorWriteFailed'";

/** @param answer in the format TabSeparated */
export function refusedWritesIn(answer: string): number {
  return Number(answer.trim() || 0);
}
