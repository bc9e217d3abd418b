import type { ModelsSummaryAnswer } from '#contracts';
import { digits, ratesText } from './scoreboard-lines.js';

type Summarised = ModelsSummaryAnswer['models'][number];
type Measures = NonNullable<Summarised['tested']>['measures'];

/** `model summary` as people read it: of each kind what is used, how good it was, and what has happened since. */
export function modelSummaryLines({ shop, asOf, models }: ModelsSummaryAnswer): string[] {
  return [`${shop}, as of ${asOf ?? 'no time yet'}`, ...models.flatMap(linesOf)];
}

function linesOf({
  kind,
  version,
  reason,
  model,
  trainedOn,
  trainedAsOf,
  level,
  tested,
  matured,
  maturedWords,
  drift,
}: Summarised): string[] {
  if (version === null) return [`${kind}: none. ${reason ?? ''}`.trimEnd()];
  return [
    `${kind}: ${version}, ${model}, trained on ${trainedOn} to ${trainedAsOf?.slice(0, 10)}`,
    ...(level === null ? [] : [`  level: ${level}`]),
    ...(tested === null ? ['  no test of it is known'] : testLines(tested)),
    ...(matured === null
      ? []
      : [
          `  ${matured.months} months since: ${ratesText(matured)}  AUC ${digits(matured.auc)}, log loss ${digits(matured.logLoss)}, ECE ${digits(matured.ece)}`,
        ]),
    ...(maturedWords === null ? [] : [`  ${maturedWords}`]),
    ...(drift === null ? [] : [`  drift at ${drift.at.slice(0, 10)}: ${drift.words}`]),
  ];
}

function testLines({ asOf, customers, measures, baselines, best }: NonNullable<Summarised['tested']>): string[] {
  const line = (name: string, figures: Measures): string =>
    `    ${name.padEnd(16)} ${Object.entries(figures)
      .map(([measure, value]) => `${measure} ${digits(value)}`)
      .join(', ')}`;
  return [
    `  tested on ${customers.toLocaleString('en')} customers at ${asOf.slice(0, 10)}`,
    line('it', measures),
    ...Object.entries(baselines).map(([name, figures]) => line(name, figures)),
    ...(best === null ? [] : [line('best possible', best)]),
  ];
}
