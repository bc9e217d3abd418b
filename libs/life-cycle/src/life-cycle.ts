import type { AlertStateName, AlertStep } from '#contracts';

/** What a case in some state does with a step: the state it is in afterwards, or the code under which the step is refused. */
export type Transition = AlertStateName | { readonly refused: RefusalCode };

/** Why a command was refused. `alert-over` is said of alarms too: what it names is over. */
export const refusalCodes = ['already-acknowledged', 'already-acted', 'alert-over', 'snooze-past', 'snooze-too-long'] as const;
export type RefusalCode = (typeof refusalCodes)[number];

type LaterStep = Exclude<AlertStep, 'opened'>;

const over = { refused: 'alert-over' } as const;
/** What a person may still say of a case that has ended: it was useful or not, and why. */
const ended = (state: 'recovered' | 'expired'): Readonly<Record<LaterStep, Transition>> => ({
  acknowledged: over,
  assigned: over,
  commented: state,
  snoozed: over,
  acted: over,
  rated: state,
  woken: over,
  recovered: over,
  expired: over,
});

/** The life of an alert, and of an alarm: for each state and each step what comes of it. `docs/alerts.md` shows the same table. */
export const lifeCycle: Readonly<Record<AlertStateName, Readonly<Record<LaterStep, Transition>>>> = {
  open: {
    acknowledged: 'acknowledged',
    assigned: 'open',
    commented: 'open',
    snoozed: 'open',
    acted: 'acted',
    rated: 'open',
    woken: 'open',
    recovered: 'recovered',
    expired: 'expired',
  },
  acknowledged: {
    acknowledged: { refused: 'already-acknowledged' },
    assigned: 'acknowledged',
    commented: 'acknowledged',
    snoozed: 'acknowledged',
    acted: 'acted',
    rated: 'acknowledged',
    woken: 'acknowledged',
    recovered: 'recovered',
    expired: 'expired',
  },
  acted: {
    acknowledged: { refused: 'already-acted' },
    assigned: 'acted',
    commented: 'acted',
    snoozed: { refused: 'already-acted' },
    acted: { refused: 'already-acted' },
    rated: 'acted',
    woken: 'acted',
    recovered: 'recovered',
    expired: 'expired',
  },
  recovered: ended('recovered'),
  expired: ended('expired'),
};

/** Whether a case in this state is still somebody's. */
export function isLive(state: AlertStateName): boolean {
  return state === 'open' || state === 'acknowledged' || state === 'acted';
}
