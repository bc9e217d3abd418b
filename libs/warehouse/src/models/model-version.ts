import { modelManifest, type ModelManifest } from '#contracts';
import { createHash } from 'node:crypto';
import { WarehouseError } from '../warehouse.errors.js';

/** A version of a model, whole: what its file says, and what that means. */
export interface StoredModel {
  readonly version: string;
  readonly manifest: ModelManifest;
  /** The bytes that were added, compared with their hash. */
  readonly file: Buffer;
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

/** @throws {WarehouseError} `model-file-differs` when the file is not the one that its manifest tells of */
export function refuseOtherFile(manifest: ModelManifest, file: Buffer): void {
  const found = sha256Of(file);
  if (found === manifest.sha256) return;
  throw new WarehouseError(
    'model-file-differs',
    `The model file (${file.length} bytes, SHA-256 ${found}) is not the one of its manifest (${manifest.sha256}): it was cut short or changed, or the manifest is another model's. Copy both again, or train anew.`,
  );
}
