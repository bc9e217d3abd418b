import type { ModelMove } from '#contracts';

/** A version's part in a shop: active = its scores count; shadow = it is scored beside the active one and leads to nothing. */
export type ModelRole = 'active' | 'shadow' | 'none';

/** One row of the log: from then on `version` has `role`. */
export interface LoggedMove {
  readonly at: Date;
  readonly by: string;
  readonly move: ModelMove;
  readonly role: ModelRole;
  readonly version: string;
}

/** Which versions a shop uses for one kind. */
export interface ModelRoles {
  readonly active: string | undefined;
  readonly shadow: string | undefined;
  /** Where a rollback leads; undefined when nothing was active before. */
  readonly before: string | undefined;
}

export const noRoles: ModelRoles = { active: undefined, shadow: undefined, before: undefined };

/** Where each move leaves the version that it names. */
export const roleOf: Readonly<Record<ModelMove, ModelRole>> = { promote: 'active', shadow: 'shadow', rollback: 'active', withdraw: 'none' };

/**
 * What a log comes to. Activations form a stack: a promotion lies on top of what was active, a rollback takes off what lies above the version
 * it names. It names it, so that two who roll back at once go back one step together, not two. What was withdrawn, active or as a shadow that
 * was active before, is nowhere in it any more: no rollback leads to what somebody took out, only a promotion does.
 * @param moves of one shop and kind, oldest first
 */
export function rolesAfter(moves: readonly Pick<LoggedMove, 'move' | 'version'>[]): ModelRoles {
  /** What was active, the present one last; undefined where the active one was withdrawn. */
  let stack: (string | undefined)[] = [];
  let shadow: string | undefined;
  for (const { move, version } of moves) {
    if (move === 'shadow') {
      if (stack.at(-1) !== version) shadow = version;
      continue;
    }
    if (move === 'rollback') while (stack.length > 0 && stack.at(-1) !== version) stack.pop();
    if (move === 'withdraw') {
      const left = stack.filter((each) => each !== version);
      stack = stack.at(-1) === version ? [...left, undefined] : left;
    } else if (stack.at(-1) !== version) stack.push(version);
    if (shadow === version) shadow = undefined;
  }
  const active = stack.at(-1);
  return { active, shadow, before: stack.findLast((each) => each !== undefined && each !== active) };
}
