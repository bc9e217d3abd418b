import { shopId } from '#contracts';
import { InvalidArgumentError } from 'commander';

/** The value of `--shop`. */
export function parseShop(text: string): string {
  const parsed = shopId.safeParse(text);
  if (!parsed.success) throw new InvalidArgumentError(parsed.error.issues[0]?.message ?? '');
  return parsed.data;
}
