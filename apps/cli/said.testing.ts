import type { Command } from 'commander';
import { vi } from 'vitest';

/**
 * Runs a command against an instance, as the terminal does.
 * @param words as they are typed; none holds a blank
 * @returns what it printed
 * @throws what it ends with, for `main.ts` to say; wrong usage too
 */
export async function said(command: Command, words: string, url: string): Promise<string> {
  let printed = '';
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    printed += String(chunk);
    return true;
  });
  try {
    await quiet(command).parseAsync([...words.split(' '), '--url', url], { from: 'user' });
  } finally {
    write.mockRestore();
  }
  return printed.trim();
}

/** Wrong usage throws, at every depth, instead of ending the process. */
function quiet(command: Command): Command {
  command.commands.forEach(quiet);
  return command.exitOverride().configureOutput({ writeErr: () => undefined });
}
