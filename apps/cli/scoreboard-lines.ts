import type { OutcomeRates, ScoreboardAnswer } from '#contracts';

/** `model scoreboard` as people read it, line by line. */
export function scoreboardLines({ shop, asOf, versions, words }: ScoreboardAnswer): string[] {
  if (versions.length === 0) return [words ?? `Nothing is known of ${shop} yet.`];
  return [
    `${shop}: predicted against happened, by the shop's clock ${asOf ?? 'which has no time yet'}`,
    ...(words === null ? [] : [words]),
    ...versions.flatMap(versionLines),
  ];
}

type Version = ScoreboardAnswer['versions'][number];

const bases: Readonly<Record<Version['groups'][number]['basis'], string>> = {
  live: 'said at the time',
  afterwards: 'computed afterwards, of days the training knew nothing of',
  history: 'BEFORE the end of the training: it may have learnt what happened',
};

function versionLines({ version, role, words, groups, months, calibration, drift }: Version): string[] {
  const head = `${version} (${role === 'none' ? 'no role any more' : role}). ${words}`;
  const lines = groups.flatMap(({ basis, months: count, populations }) => [
    `  ${count} months ${bases[basis]}`,
    ...populations.flatMap(({ population, bands, ...all }) => [
      `    ${population === 'all' ? 'all customers' : 'active 180 days'}: ${ratesText(all)}  AUC ${digits(all.auc)}, log loss ${digits(all.logLoss)}, Brier ${digits(all.brier)}, ECE ${digits(all.ece)}`,
      ...bands.map(({ band, ...rates }) => `      ${band.padEnd(7)} ${ratesText(rates)}`),
    ]),
  ]);
  const open = months
    .filter(({ mature }) => !mature)
    .map(({ reference, matures }) => `${reference.slice(0, 10)} on ${matures.slice(0, 10)}`);
  return [
    '',
    head,
    ...lines,
    ...(open.length === 0 ? [] : [`  not known yet: months of ${open.join(', ')}`]),
    ...(calibration === null ? [] : [`  calibration${calibration.alarm ? ' ALARM' : ''}: ${calibration.words}`]),
    ...(drift === null ? [] : driftLines(drift)),
  ];
}

/** As many features as fit on a screen: the others moved less. */
const mostFeatures = 8;

function driftLines({ at, against, score, features, words }: NonNullable<Version['drift']>): string[] {
  return [
    `  drift at ${at.slice(0, 10)} against ${against.words}: ${words}`,
    `    score ${digits(score.psi)} ${score.state}`,
    ...features.slice(0, mostFeatures).map(({ name, psi, state }) => `    ${name.padEnd(18)} ${digits(psi)} ${state}`),
  ];
}

/** Predicted against happened, with its interval. */
export function ratesText({ customers, predicted, observed, low, high }: OutcomeRates): string {
  if (observed === null) return 'nobody';
  return `${customers.toLocaleString('en')} scores, predicted ${digits(predicted)}, happened ${digits(observed)} (${digits(low)} to ${digits(high)})`;
}

/** A measure; a dash where nothing could be measured. */
export const digits = (value: number | null): string => (value === null ? '-' : value.toFixed(3));
