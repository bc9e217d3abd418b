/** A city and the region it lies in. */
export type City = readonly [city: string, region: string];

export interface Country {
  readonly name: string;
  /** Standard time minus UTC, hours: the world keeps no summer time. */
  readonly offset: number;
  /** Which of faker's locales names its people. */
  readonly locale: 'de' | 'en_GB' | 'fr' | 'it' | 'es' | 'nl' | 'pl' | 'sv' | 'da' | 'pt_PT' | 'fi';
  /** Sales tax in per cent of what is paid for the goods. */
  readonly taxPercent: number;
  /** The largest first: customers are spread over them by Zipf's law, as over the countries. */
  readonly cities: readonly City[];
}

export const countries: readonly Country[] = [
  {
    name: 'Germany',
    offset: 1,
    locale: 'de',
    taxPercent: 19,
    cities: [
      ['Berlin', 'Berlin'],
      ['Hamburg', 'Hamburg'],
      ['Munich', 'Bavaria'],
      ['Cologne', 'North Rhine-Westphalia'],
      ['Frankfurt', 'Hesse'],
      ['Stuttgart', 'Baden-Württemberg'],
      ['Düsseldorf', 'North Rhine-Westphalia'],
      ['Leipzig', 'Saxony'],
      ['Nuremberg', 'Bavaria'],
      ['Hanover', 'Lower Saxony'],
    ],
  },
  {
    name: 'United Kingdom',
    offset: 0,
    locale: 'en_GB',
    taxPercent: 20,
    cities: [
      ['London', 'England'],
      ['Birmingham', 'England'],
      ['Glasgow', 'Scotland'],
      ['Leeds', 'England'],
      ['Manchester', 'England'],
      ['Edinburgh', 'Scotland'],
      ['Cardiff', 'Wales'],
      ['Belfast', 'Northern Ireland'],
    ],
  },
  {
    name: 'France',
    offset: 1,
    locale: 'fr',
    taxPercent: 20,
    cities: [
      ['Paris', 'Île-de-France'],
      ['Marseille', "Provence-Alpes-Côte d'Azur"],
      ['Lyon', 'Auvergne-Rhône-Alpes'],
      ['Toulouse', 'Occitanie'],
      ['Nantes', 'Pays de la Loire'],
      ['Strasbourg', 'Grand Est'],
      ['Bordeaux', 'Nouvelle-Aquitaine'],
      ['Lille', 'Hauts-de-France'],
    ],
  },
  {
    name: 'Italy',
    offset: 1,
    locale: 'it',
    taxPercent: 22,
    cities: [
      ['Rome', 'Lazio'],
      ['Milan', 'Lombardy'],
      ['Naples', 'Campania'],
      ['Turin', 'Piedmont'],
      ['Bologna', 'Emilia-Romagna'],
      ['Florence', 'Tuscany'],
    ],
  },
  {
    name: 'Spain',
    offset: 1,
    locale: 'es',
    taxPercent: 21,
    cities: [
      ['Madrid', 'Community of Madrid'],
      ['Barcelona', 'Catalonia'],
      ['Valencia', 'Valencian Community'],
      ['Seville', 'Andalusia'],
      ['Zaragoza', 'Aragon'],
      ['Málaga', 'Andalusia'],
    ],
  },
  {
    name: 'Netherlands',
    offset: 1,
    locale: 'nl',
    taxPercent: 21,
    cities: [
      ['Amsterdam', 'North Holland'],
      ['Rotterdam', 'South Holland'],
      ['The Hague', 'South Holland'],
      ['Utrecht', 'Utrecht'],
      ['Eindhoven', 'North Brabant'],
      ['Groningen', 'Groningen'],
    ],
  },
  {
    name: 'Poland',
    offset: 1,
    locale: 'pl',
    taxPercent: 23,
    cities: [
      ['Warsaw', 'Masovia'],
      ['Kraków', 'Lesser Poland'],
      ['Wrocław', 'Lower Silesia'],
      ['Łódź', 'Łódź'],
      ['Poznań', 'Greater Poland'],
      ['Gdańsk', 'Pomerania'],
    ],
  },
  {
    name: 'Sweden',
    offset: 1,
    locale: 'sv',
    taxPercent: 25,
    cities: [
      ['Stockholm', 'Stockholm'],
      ['Gothenburg', 'Västra Götaland'],
      ['Malmö', 'Skåne'],
      ['Uppsala', 'Uppsala'],
    ],
  },
  {
    name: 'Austria',
    offset: 1,
    locale: 'de',
    taxPercent: 20,
    cities: [
      ['Vienna', 'Vienna'],
      ['Graz', 'Styria'],
      ['Linz', 'Upper Austria'],
      ['Salzburg', 'Salzburg'],
      ['Innsbruck', 'Tyrol'],
    ],
  },
  {
    name: 'Denmark',
    offset: 1,
    locale: 'da',
    taxPercent: 25,
    cities: [
      ['Copenhagen', 'Capital Region'],
      ['Aarhus', 'Central Jutland'],
      ['Odense', 'Southern Denmark'],
      ['Aalborg', 'North Jutland'],
    ],
  },
  {
    name: 'Portugal',
    offset: 0,
    locale: 'pt_PT',
    taxPercent: 23,
    cities: [
      ['Lisbon', 'Lisbon'],
      ['Porto', 'Norte'],
      ['Braga', 'Norte'],
      ['Coimbra', 'Centro'],
    ],
  },
  {
    name: 'Finland',
    offset: 2,
    locale: 'fi',
    taxPercent: 25,
    cities: [
      ['Helsinki', 'Uusimaa'],
      ['Tampere', 'Pirkanmaa'],
      ['Turku', 'Southwest Finland'],
      ['Oulu', 'North Ostrobothnia'],
    ],
  },
];
