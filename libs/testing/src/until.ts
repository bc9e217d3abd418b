import { setTimeout as sleep } from 'node:timers/promises';

/** Asks again and again until it is so. @throws when it is not within `ms` */
export async function until(
  condition: () => boolean | Promise<boolean>,
  what: string,
  { ms = 60_000, everyMs = 100 }: { readonly ms?: number; readonly everyMs?: number } = {},
): Promise<void> {
  const deadline = performance.now() + ms;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`Not within ${ms / 1_000} s: ${what}`);
    await sleep(everyMs);
  }
}
