import { features, featuresSha256 } from '#warehouse';
import { createHash } from 'node:crypto';
import { ScoringError } from '../scoring.errors.js';
import type { EngineManifest } from './manifest.js';

/** The format of manifests that this build reads. */
const format = 1;
/** What the file of each kind goes from and to. */
export const endsOf = {
  churn: { inputs: ['features'], outputs: ['prob', 'contrib'] },
  clv: { inputs: ['features', 'offset'], outputs: ['value', 'contrib'] },
} as const;
/** And the file of an offset. */
export const offsetEnds = { inputs: ['features'], outputs: ['offset'] } as const;

/**
 * Refuses a manifest that this build cannot serve: other features, or the same computed in another way, would be scored without a sign
 * that the result is wrong.
 */
export function checkManifest(manifest: EngineManifest, kind: keyof typeof endsOf): void {
  const { kind: its, format: version } = manifest;
  if (its !== kind) {
    throw new ScoringError(
      'kind-unknown',
      `The manifest is of kind ${its}; this is the place of models of kind ${kind}. Add it as what it is.`,
    );
  }
  if (version !== format) {
    const older =
      version < format ? 'Train the model again with this version of Tideline.' : 'Update Tideline, or train with this version.';
    throw new ScoringError('format-unknown', `The manifest has format ${version}, this build reads format ${format}. ${older}`);
  }
  const difference = listDifference(manifest.features);
  if (difference) {
    throw new ScoringError('features-differ', `The model reads other features than this build computes: ${difference}. Train it again.`);
  }
  if (manifest.featuresSha256 !== featuresSha256()) {
    throw new ScoringError(
      'feature-hash-differs',
      `The model's features have the right names, but were computed by another statement (${short(manifest.featuresSha256)}) than this build's (${short(featuresSha256())}). Train it again.`,
    );
  }
  checkEnds(manifest, endsOf[kind]);
  const numbers = [manifest.base, manifest.mbg.r, manifest.mbg.alpha, manifest.mbg.a, manifest.mbg.b];
  if (!numbers.every(Number.isFinite) || !numbers.slice(1).every((value) => value > 0)) {
    throw new ScoringError(
      'manifest-unreadable',
      'The manifest lacks its base or a parameter of MBG/NBD (r, alpha, a, b: each above zero). Take the file as the trainer wrote it.',
    );
  }
}

interface Ends {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/** Refuses what a manifest says of a file's inputs and outputs where it is not what this build reads. */
export function checkEnds(said: Ends, wanted: Ends): void {
  if (String(said.inputs) === String(wanted.inputs) && String(said.outputs) === String(wanted.outputs)) return;
  throw new ScoringError(
    'outputs-differ',
    `The manifest names the inputs ${said.inputs.join(', ')} and the outputs ${said.outputs.join(', ')}; wanted are ${wanted.inputs.join(', ')} and ${wanted.outputs.join(', ')}. Train it again.`,
  );
}

/** Refuses a file that is not the one the manifest was written for. */
export function checkFile(file: Uint8Array, manifest: { readonly sha256: string }): void {
  const is = createHash('sha256').update(file).digest('hex');
  if (is === manifest.sha256) return;
  throw new ScoringError(
    'file-differs',
    `The model file (${file.length} bytes, sha256 ${short(is)}) is not the one of its manifest (${short(manifest.sha256)}): it is cut short, damaged, or of another model. Take file and manifest of one training again.`,
  );
}

/** Where the model's list first departs from this build's. */
function listDifference(theirs: EngineManifest['features']): string | undefined {
  for (const [index, { name, group, sign }] of features.entries()) {
    const their = theirs[index];
    if (their?.name !== name) return `number ${index + 1} is ${their?.name ?? 'missing'}, not ${name}`;
    if (their.group !== group) return `${name} belongs to ${their.group}, not to ${group}`;
    if (their.sign !== sign) return `${name} has the sign ${their.sign}, not ${sign}`;
  }
  return theirs.length > features.length ? `it has ${theirs.length} of them, not ${features.length}` : undefined;
}

const short = (hash: string): string => `${hash.slice(0, 12)}...`;
