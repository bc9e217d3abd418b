import { base, da, de, en, en_GB, es, Faker, fi, fr, it, nl, pl, pt_PT, sv, type LocaleDefinition, type Randomizer } from '@faker-js/faker';
import type { Country } from '../law/places.data.js';
import type { Stream } from './stream.js';

const locales: Readonly<Record<Country['locale'], LocaleDefinition>> = { de, en_GB, fr, it, es, nl, pl, sv, da, pt_PT, fi };

/** Letters that do not come apart into a plain letter and an accent. */
const plain: Readonly<Record<string, string>> = { ß: 'ss', ø: 'o', æ: 'ae', ł: 'l', đ: 'd', ð: 'd', þ: 'th', œ: 'oe' };

/** Names of people and things, drawn by faker from a given stream. */
export class Names {
  #stream: Stream | undefined;
  /** Lets faker draw from our streams: its own generator would have to be seeded anew for each entity, which is slow. */
  readonly #draws: Randomizer = {
    // Arrow functions: faker takes them off the object.
    next: () => {
      if (!this.#stream) throw new RangeError('A name was asked for without a stream.');
      return this.#stream.uniform();
    },
    seed: () => undefined,
  };
  readonly #fakers = new Map<string, Faker>();
  readonly #english = new Faker({ locale: [en, base], randomizer: this.#draws });

  /** First and last name as in the country. */
  person(random: Stream, locale: Country['locale']): { first: string; last: string } {
    this.#stream = random;
    let faker = this.#fakers.get(locale);
    if (!faker) this.#fakers.set(locale, (faker = new Faker({ locale: [locales[locale], en, base], randomizer: this.#draws })));
    return { first: faker.person.firstName(), last: faker.person.lastName() };
  }

  /** `Sleek Oak Chair`. */
  product(random: Stream, noun: string): string {
    this.#stream = random;
    return `${this.#english.commerce.productAdjective()} ${this.#english.commerce.productMaterial()} ${noun}`;
  }

  /** The name of a maker. */
  brand(random: Stream): string {
    this.#stream = random;
    return this.#english.person.lastName();
  }
}

/** `joao.goncalves.123@example.com`: domains that no mail reaches, RFC 2606. */
export function emailOf(first: string, last: string, customer: number): string {
  const letters = (text: string): string =>
    text
      .toLowerCase()
      .replace(/[ßøæłđðþœ]/g, (letter) => plain[letter] ?? '')
      .normalize('NFD')
      .replace(/[^a-z]/g, '');
  const domain = ['example.com', 'example.org', 'example.net'][customer % 3] ?? 'example.com';
  return `${letters(first)}.${letters(last)}.${customer + 1}@${domain}`;
}
