import { role, type Role } from '#contracts';
import { z } from 'zod';
import { useResource } from './use-resource.js';

const who = z.object({ name: z.string(), role });
export type Who = z.output<typeof who>;

/** A role that something takes. */
export interface Takes {
  readonly role: Role;
  readonly may: (who: Who) => boolean;
}

/** Whoever may do something about an alert. */
export const takesMarketer = takes('marketer', ['marketer', 'admin']);
/** Whoever may do something about an alarm. */
export const takesOperator = takes('operator', ['operator', 'marketer', 'engineer', 'admin']);

function takes(named: Role, roles: readonly Role[]): Takes {
  return { role: named, may: ({ role: has }) => roles.includes(has) };
}

/** Who looks at the page; null while that is not known. */
export function useWho(): Who | null {
  return useResource('/api/v1/session', who).data;
}
