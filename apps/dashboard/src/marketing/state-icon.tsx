import type { AlertStateName } from '#contracts';
import { IconBell, IconChecks, IconEye, IconHeartHandshake, IconHourglassEmpty, type Icon } from '../icons.js';

const shapes: Readonly<Record<AlertStateName, Icon>> = {
  open: IconBell,
  acknowledged: IconEye,
  acted: IconChecks,
  recovered: IconHeartHandshake,
  expired: IconHourglassEmpty,
};

/** Each state has a shape of its own; the word always stands beside it. */
export function StateIcon({ state }: { readonly state: AlertStateName }) {
  const Shape = shapes[state];
  return <Shape size={14} aria-hidden />;
}
