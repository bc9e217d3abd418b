import { role, type Role } from '#contracts';
import { z } from 'zod';
import { useResource } from './use-resource.js';

const who = z.object({ name: z.string(), role });
export type Who = z.output<typeof who>;

/** Roles that may do something about an alert. */
const marketing: readonly Role[] = ['marketer', 'admin'];

export function mayCommand({ role: has }: Who): boolean {
  return marketing.includes(has);
}

/** Who looks at the page; null while that is not known. */
export function useWho(): Who | null {
  return useResource('/api/v1/session', who).data;
}
