import { modelManifest, type ModelManifest } from '#contracts';
import { createHash } from 'node:crypto';
import { WarehouseError } from '../warehouse.errors.js';

/** The files of a version, as they were added. */
export interface ModelFiles {
  readonly file: Buffer;
  /** The graph of the offset; kind clv alone. */
  readonly offset?: Buffer | undefined;
}

/** A version of a model, whole: what its files say, compared with their hashes, and what that means. */
export interface StoredModel extends ModelFiles {
  readonly version: string;
  readonly manifest: ModelManifest;
}

/** Hex SHA-256. */
export const sha256Of = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** A manifest as it is stored and hashed: fields in the contract's order, no blanks. */
export const manifestText = (manifest: ModelManifest): string => JSON.stringify(manifest);

/**
 * The id of a version, `churn-seed-1a2b3c4d`. Whoever adds the same file and manifest again gets the same one.
 * @param text of the manifest, where it is at hand as it was stored
 */
export function versionOf(name: string, manifest: ModelManifest, file: Buffer, text = manifestText(manifest)): string {
  return `${manifest.kind}-${name}-${createHash('sha256').update(file).update(text).digest('hex').slice(0, 8)}`;
}

/**
 * @param raw what JSON.parse gave of a manifest
 * @throws {WarehouseError} `model-invalid` naming the first fields that are wrong
 */
export function readManifest(raw: unknown): ModelManifest {
  const parsed = modelManifest.safeParse(raw);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.slice(0, 5).map(({ path, message }) => `${path.join('.') || 'manifest'}: ${message}`);
  throw new WarehouseError(
    'model-invalid',
    `This is no manifest of a model: ${faults.join('; ')}. Train with this version's npm run train.`,
  );
}

/** @throws {WarehouseError} `model-file-differs` when a file is not the one that the manifest tells of, or one is missing or too many */
export function refuseOtherFiles(manifest: ModelManifest, { file, offset }: ModelFiles): void {
  refuseOther('model file', file, manifest.sha256);
  if (manifest.kind === 'clv') {
    if (offset) return refuseOther('file of the offset', offset, manifest.offset.sha256);
    throw new WarehouseError(
      'model-file-differs',
      `The file of the offset, ${manifest.offset.file}, is missing: a model of kind clv is two files. Add both as they were written.`,
    );
  }
  if (offset) throw new WarehouseError('model-file-differs', `A model of kind ${manifest.kind} is one file: it has no offset.`);
}

function refuseOther(what: string, file: Buffer, wanted: string): void {
  const found = sha256Of(file);
  if (found === wanted) return;
  throw new WarehouseError(
    'model-file-differs',
    `The ${what} (${file.length} bytes, SHA-256 ${found}) is not the one of its manifest (${wanted}): it was cut short or changed, or the manifest is another model's. Copy all of one training again, or train anew.`,
  );
}
