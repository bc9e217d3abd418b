import type { AlertCommand, AlertDue, CustomerScore } from '#contracts';

/** Why a message on `alerts.v1` could not be used. */
export type DeadReason = 'not-json' | 'not-an-event' | 'unknown-type' | 'invalid-data' | 'key-differs' | 'not-foldable';

/** A message on `alerts.v1` as the owner sees it. */
export type AlertMessage =
  | { readonly kind: 'scored'; readonly eventId: string; readonly score: CustomerScore }
  | { readonly kind: 'commanded'; readonly eventId: string; readonly at: number; readonly command: AlertCommand }
  | { readonly kind: 'due'; readonly eventId: string; readonly due: AlertDue }
  /** What the owner itself said; it changes nothing. */
  | { readonly kind: 'moved' }
  | {
      readonly kind: 'dead';
      readonly eventId: string;
      readonly reason: DeadReason;
      readonly detail: string;
      /** Its beginning. */
      readonly excerpt: string;
      /** When the broker got it: it has no instant of its own that could be trusted. */
      readonly at: number;
    };

/** A message with its offset in its partition. */
export interface PlacedAlertMessage {
  readonly offset: bigint;
  readonly message: AlertMessage;
}
