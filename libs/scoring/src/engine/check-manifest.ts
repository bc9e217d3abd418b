import { features, featuresSha256 } from '#warehouse';
import { createHash } from 'node:crypto';
import { ScoringError } from '../scoring.errors.js';
import type { EngineManifest } from './manifest.js';

/** What this build reads. */
export const [format, kind, inputs, outputs] = [1, 'churn', ['features'], ['prob', 'contrib']] as const;

/**
 * Refuses a manifest that this build cannot serve: other features, or the same computed in another way, would be scored without a sign
 * that the result is wrong.
 */
export function checkManifest(manifest: EngineManifest): void {
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
  if (String(manifest.inputs) !== String(inputs) || String(manifest.outputs) !== String(outputs)) {
    throw new ScoringError(
      'outputs-differ',
      `The manifest names the inputs ${manifest.inputs.join(', ')} and the outputs ${manifest.outputs.join(', ')}; wanted are ${inputs.join(', ')} and ${outputs.join(', ')}. Train it again.`,
    );
  }
  const numbers = [manifest.base, manifest.mbg.r, manifest.mbg.alpha, manifest.mbg.a, manifest.mbg.b];
  if (!numbers.every(Number.isFinite) || !numbers.slice(1).every((value) => value > 0)) {
    throw new ScoringError(
      'manifest-unreadable',
      'The manifest lacks its base or a parameter of MBG/NBD (r, alpha, a, b: each above zero). Take the file as the trainer wrote it.',
    );
  }
}

/** Refuses a file that is not the one the manifest was written for. */
export function checkFile(file: Uint8Array, manifest: EngineManifest): void {
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
