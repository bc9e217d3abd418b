import { acquisitionChannels, acquisitionWeights } from '../law/assortment.data.js';
import { dayMs, worldStart } from '../law/calendar.js';
import { countries, type Country } from '../law/places.data.js';
import type { Profile } from '../law/profiles.js';
import { emailOf, type Names } from '../random/names.js';
import { Stream } from '../random/stream.js';
import { registrationOf } from './registrations.js';

/** What an order repeats of its customer. */
export interface Home {
  readonly country: Country;
  readonly region: string;
  readonly city: string;
  readonly acquisitionChannel: string;
  readonly consent: boolean;
}

/** What the shop knows of a customer. */
export interface Person extends Home {
  readonly name: string;
  readonly email: string;
}

/** Something about a customer changes once: it moves house, or it changes its mind about mail. */
export interface Update {
  /** Days after the registration. */
  readonly delay: number;
  readonly moves: boolean;
}

const countryWeights = countries.map((_, index) => 1 / (index + 1));
const updateShare = 0.05;
const meanUpdateDelay = 200;
const consentShare = 0.78;

/** Where a customer lives decides its hours, so this alone is worked out for every order. */
export function countryOf(seed: number, customer: number): Country {
  return drawCountry(new Stream(seed, 'profile', customer));
}

function drawCountry(random: Stream): Country {
  return countries[random.weighted(countryWeights)] ?? random.pick(countries);
}

/** @param version 1 as registered, 2 after its update */
export function homeOf(seed: number, customer: number, version: 1 | 2): Home {
  const random = new Stream(seed, 'profile', customer);
  const country = drawCountry(random);
  const [city, region] = cityOf(random, country);
  const home: Home = {
    country,
    region,
    city,
    acquisitionChannel: acquisitionChannels[random.weighted(acquisitionWeights)] ?? acquisitionChannels[0],
    consent: random.chance(consentShare),
  };
  if (version === 1) return home;
  if (updateOf(seed, customer)?.moves !== true) return { ...home, consent: !home.consent };
  const [newCity, newRegion] = cityOf(random, country);
  return { ...home, city: newCity, region: newRegion };
}

/** @param version 1 as registered, 2 after its update */
export function personOf(seed: number, customer: number, version: 1 | 2, names: Names): Person {
  const home = homeOf(seed, customer, version);
  const { first, last } = names.person(new Stream(seed, 'profile', customer, 1), home.country.locale);
  return { ...home, name: `${first} ${last}`, email: emailOf(first, last, customer) };
}

/** The update of a customer, or undefined: most have none. */
export function updateOf(seed: number, customer: number): Update | undefined {
  const random = new Stream(seed, 'update', customer);
  if (!random.chance(updateShare)) return undefined;
  return { delay: 1 + random.exponential(meanUpdateDelay), moves: random.chance(0.6) };
}

/** The instant of a customer's update, Unix milliseconds: noon of a day after its registration. Undefined: it has none. */
export function updatedAt(seed: number, customer: number, profile: Profile): number | undefined {
  const update = updateOf(seed, customer);
  if (!update) return undefined;
  const day = Math.floor(registrationOf(seed, customer, profile) + update.delay);
  return worldStart + day * dayMs + dayMs / 2;
}

function cityOf(random: Stream, { cities }: Country): readonly [string, string] {
  return cities[random.weighted(cities.map((_, index) => 1 / (index + 1)))] ?? ['', ''];
}
