import { moment } from '#contracts';
import { InvalidArgumentError } from 'commander';

/** The value of `--from` and `--to`. */
export function parseMoment(text: string): string {
  const parsed = moment.safeParse(text);
  if (!parsed.success) throw new InvalidArgumentError(parsed.error.issues[0]?.message ?? '');
  return parsed.data;
}
