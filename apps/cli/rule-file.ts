import type { AlertRule } from '#contracts';
import type { InstanceClient } from '#importing';
import { parse, stringify } from 'yaml';
import { readParsed } from './json-file.js';

/** A rule of alerts as a file says it: what is tried and what is put are the same file. */
export interface RuleFile {
  readonly id: string;
  /** An `alertRuleBody` as it is written; the instance judges it. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** What every command that takes one says of it. */
export const ruleFileHelp = 'YAML or JSON: rule (its id), name, band and what else a PUT takes; without revision it is the next one';

/**
 * Reads a rule from a file.
 * @throws {Error} with the code `rule-file-invalid`
 */
export async function readRule(file: string): Promise<RuleFile> {
  const said = await readParsed(file, (text) => parse(text) as unknown, 'neither YAML nor JSON', wrongFile);
  if (typeof said !== 'object' || said === null || Array.isArray(said) || typeof (said as { rule?: unknown }).rule !== 'string') {
    throw wrongFile(`${file} does not say which rule it is: write "rule: win-back", a name and a band.`);
  }
  // How long it is tried is said beside it, and is no part of a rule.
  return { id: (said as { rule: string }).rule, body: without(said, ['rule', 'weeks']) };
}

/** The revision that stands: 0 for a rule that is not there. */
export async function revisionOf(client: InstanceClient, shop: string, rule: string): Promise<number> {
  return (await client.alertRules(shop)).rules.find(({ id }) => id === rule)?.revision ?? 0;
}

/** Of a rule what a PUT takes: who put it and since when it counts is for the instance to say. */
export function bodyOf(rule: AlertRule): Record<string, unknown> {
  return without(rule, ['id', 'from', 'by']);
}

/** A rule as a file that can be changed, tried and put. Its revision stands in it: what somebody else put meanwhile is not undone. */
export function ruleText(rule: AlertRule): string {
  return stringify({ rule: rule.id, ...bodyOf(rule) }).trimEnd();
}

function without(rule: object, fields: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(rule).filter(([field]) => !fields.includes(field)));
}

function wrongFile(words: string): Error {
  return Object.assign(new Error(words), { code: 'rule-file-invalid' });
}
