import type { Measure } from '#testing';
import type { Kind } from './asked.js';

/** What must hold of the real year `online_retail`: better than recency, frequency and money alone, by `npm run train` alone. */
export function ofReference(measures: readonly Measure[], kind: Kind): Measure[] {
  if (kind !== 'churn') return [];
  return [
    atLeast('AUC at the newest cut-off', valueOf(measures, 'churn: AUC'), 'AUC', 0.74),
    atLeast('AUC minus that of RFM logistic', valueOf(measures, 'churn: AUC minus that of rfm-logistic'), 'AUC', 0),
    atMost('log loss at the newest cut-off', valueOf(measures, 'churn: log loss'), 'nats', 0.6),
  ];
}

/** @throws when the trainer says nothing of it: a bar without a figure is no bar */
export function valueOf(measures: readonly Measure[], name: string): number {
  const found = measures.find((each) => each.measure === name);
  if (found === undefined)
    throw new Error(`The trainer gave no figure "${name}". It gave: ${measures.map((each) => each.measure).join('; ')}`);
  return found.value;
}

/** Four places, as the trainer gives them: `atLeast` of the other commands keeps two, which is too coarse for an AUC. */
function atLeast(measure: string, value: number, unit: string, bar: number): Measure {
  return { measure, value: Math.round(value * 1e4) / 1e4, unit, bar, ok: value >= bar };
}

function atMost(measure: string, value: number, unit: string, bar: number): Measure {
  return { ...atLeast(measure, value, unit, bar), ok: value <= bar };
}
