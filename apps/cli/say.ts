/** A line to the terminal. */
export function say(line = ''): void {
  process.stdout.write(`${line}\n`);
}
