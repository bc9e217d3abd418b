import { SimulationError } from '../simulation.errors.js';

/** What can go wrong on the way, each with what it does. */
export const faultNames = [
  /** The same message comes again, within a day. */
  'duplicates',
  /** The shop learns of it hours later, and says so: `recordedtime` is later. */
  'late',
  /** It comes up to ten minutes after others that were recorded after it. */
  'outOfOrder',
  /** A later revision of an order has another time, customer or amount. */
  'corrections',
  /** A later revision of an order cancels it. */
  'cancellations',
  /** A refund comes before the order it is of. */
  'returnsFirst',
  /** A message that no contract fits comes beside it. */
  'poison',
] as const;
export type FaultName = (typeof faultNames)[number];

/** Share of the events that each fault befalls, 0 to 1; those of orders are shares of the orders. */
export type FaultRates = Readonly<Record<FaultName, number>>;

/**
 * Rates from what was given; what was not is 0.
 * @throws {SimulationError} `faults-invalid` naming the fault and what is allowed
 */
export function faultRates(given: Readonly<Partial<Record<string, number>>>): FaultRates {
  for (const [name, rate] of Object.entries(given)) {
    if (!(faultNames as readonly string[]).includes(name))
      throw new SimulationError('faults-invalid', `There is no fault ${name}. Those that exist: ${faultNames.join(', ')}.`);
    if (!(typeof rate === 'number' && rate >= 0 && rate <= 1))
      throw new SimulationError('faults-invalid', `The rate of ${name} is ${rate}: it must be a share from 0 to 1.`);
  }
  return Object.fromEntries(faultNames.map((name) => [name, given[name] ?? 0])) as FaultRates;
}
