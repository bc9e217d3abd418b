import { customerTypes, historyDays } from './constants.data.js';
import { SimulationError } from '../simulation.errors.js';

/** Parameters of one shop's law; docs/simulation.md says what each does. Times in days, money in units of the currency. */
export interface Profile {
  readonly name: string;
  /** Registered by the end of the history. */
  readonly customers: number;
  readonly products: number;
  /** Probability that a customer ever buys. */
  readonly c: number;
  /** Registrations per day at the start of the history, as a share of those at its end. */
  readonly eps: number;
  readonly firstOrderDelay: number;
  readonly nu: number;
  readonly r: number;
  readonly mu: number;
  readonly s: number;
  readonly rho: number;
  readonly tau: number;
  readonly q: number;
  readonly kappa: number;
  readonly returnsFactor: number;
  readonly delta: number;
  readonly median: number;
  readonly sigma: number;
  readonly sigmaCustomer: number;
  /** The seed of this profile unless another is asked for. */
  readonly defaultSeed: number;
}

const seed: Profile = {
  name: 'seed',
  customers: 50000,
  products: 1000,
  c: 0.2515,
  eps: 0.065,
  firstOrderDelay: 10,
  nu: 0.00525,
  r: 1.47,
  mu: 0.00118,
  s: 1.5,
  rho: 0.565,
  tau: 68,
  q: 0.46,
  kappa: 3.5,
  returnsFactor: 1.0,
  delta: 0.1,
  median: 460,
  sigma: 0.85,
  sigmaCustomer: 0.45,
  defaultSeed: 4,
};

const rich: Profile = {
  name: 'rich',
  customers: 50000,
  products: 1000,
  c: 0.5,
  eps: 0.35,
  firstOrderDelay: 10,
  nu: 0.0145,
  r: 0.75,
  mu: 0.00222,
  s: 1.0,
  rho: 0.15,
  tau: 40,
  q: 0.18,
  kappa: 2.0,
  returnsFactor: 1.6,
  delta: 0.15,
  median: 95,
  sigma: 0.7,
  sigmaCustomer: 0.45,
  defaultSeed: 1,
};

/** Sizes of profile `load`. Orders are met within a few per cent: they are drawn, not counted out. */
export interface LoadSize {
  readonly customers: number;
  readonly products: number;
  readonly orders: number;
}

export const profileNames = ['seed', 'rich', 'load'] as const;
export type ProfileName = (typeof profileNames)[number];

/**
 * A profile by name.
 * @param size of `load` only: any number of customers, products and orders
 * @throws {SimulationError} `profile-unknown`, `size-invalid`
 */
export function profileOf(name: string, size: LoadSize = { customers: 100_000, products: 5_000, orders: 1_000_000 }): Profile {
  if (name === 'seed') return seed;
  if (name === 'rich') return rich;
  if (name === 'load') return load(size);
  throw new SimulationError('profile-unknown', `There is no profile ${name}. Those that exist: ${profileNames.join(', ')}.`);
}

/** The law of `rich` without drop-out, its rate chosen so that the expected number of orders is the one asked for. */
function load(size: LoadSize): Profile {
  for (const [what, number] of Object.entries(size) as [string, number][]) {
    if (!Number.isSafeInteger(number) || number < 1)
      throw new SimulationError('size-invalid', `Profile load was asked for ${number} ${what}: give a whole number of one or more.`);
  }
  const perCustomer = (size.orders / size.customers) * (1 - rich.q);
  const meanRate = customerTypes.reduce((sum, type) => sum + type.weight * type.rate, 0);
  // Registrations are spread evenly, so a buyer is seen for half of the history on average.
  const days = historyDays / 2 - rich.firstOrderDelay;
  const c = Math.min(1, perCustomer);
  return {
    ...rich,
    ...size,
    name: 'load',
    c,
    eps: 1,
    nu: Math.max(0, perCustomer / c - 1) / (meanRate * days),
    mu: 1e-9,
    rho: 0,
    delta: 0,
  };
}
