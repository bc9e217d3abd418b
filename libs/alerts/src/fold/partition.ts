import type { Zone } from '#clock';
import { topics } from '#contracts';
import { isLive } from '#life-cycle';
import type { Shop, StoredPartition } from '#warehouse';
import type { Alert } from './alert.js';
import type { CustomerState } from './customer.js';

/** What never changes of a shop, as far as the fold needs it. */
export interface FoldShop {
  /** What ids and draws are made of: a replay's are those of the shop that it replays. */
  readonly shop: string;
  readonly zone: Zone;
  readonly partitions: number;
}

export function foldShopOf({ shop, replayOf }: Pick<Shop, 'shop' | 'replayOf'>, zone: Zone): FoldShop {
  return { shop: replayOf ?? shop, zone, partitions: topics['alerts.v1'].partitions };
}

/** All that the fold of one partition's messages has come to. */
export interface PartitionState {
  readonly partition: number;
  epoch: number;
  /** The offset after the last message folded. */
  next: bigint;
  readonly customers: Map<string, CustomerState>;
  /** Alerts that have not ended, and those that were looked up for a command. */
  readonly alerts: Map<string, Alert>;
  /** Ids of the alerts of a customer that are in `alerts`. */
  readonly byCustomer: Map<string, readonly string[]>;
  /** Places of caps that are taken: rule and local date. */
  readonly taken: Map<string, number>;
}

export function emptyPartition(partition: number): PartitionState {
  const [customers, alerts] = [new Map<string, CustomerState>(), new Map<string, Alert>()];
  return { partition, epoch: 1, next: 0n, customers, alerts, byCustomer: new Map(), taken: new Map() };
}

/** The fold as it was stored, to go on from. */
export function partitionOf(partition: number, stored: StoredPartition): PartitionState {
  const state = emptyPartition(partition);
  state.epoch = stored.epoch;
  state.next = stored.next;
  for (const [id, body] of stored.customers) state.customers.set(id, JSON.parse(body) as CustomerState);
  for (const body of stored.alerts) keepAlert(state, JSON.parse(body) as Alert);
  for (const { rule, day, count } of stored.taken) state.taken.set(placeOfCap(rule, day), count);
  return state;
}

/** Puts an alert into the state. */
export function keepAlert(state: PartitionState, alert: Alert): void {
  const ids = state.byCustomer.get(alert.customerId) ?? [];
  if (!ids.includes(alert.alertId)) state.byCustomer.set(alert.customerId, [...ids, alert.alertId]);
  state.alerts.set(alert.alertId, alert);
}

/** Lets go of alerts that have ended: there are ever more of them, and a command that names one looks it up. */
export function forgetEnded(state: PartitionState): void {
  for (const [id, alert] of state.alerts) {
    if (isLive(alert.state)) continue;
    state.alerts.delete(id);
    const rest = (state.byCustomer.get(alert.customerId) ?? []).filter((each) => each !== id);
    if (rest.length > 0) state.byCustomer.set(alert.customerId, rest);
    else state.byCustomer.delete(alert.customerId);
  }
}

export function placeOfCap(rule: string, day: string): string {
  return `${rule} ${day}`;
}
