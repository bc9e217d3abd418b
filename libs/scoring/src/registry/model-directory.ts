import { modelCard, type ModelCard, type ModelKind, type ModelManifest } from '#contracts';
import { readManifest, type ModelFiles } from '#warehouse';
import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ScoringError } from '../scoring.errors.js';

/** What `npm run train` wrote. */
export interface TrainedModel extends ModelFiles {
  readonly manifest: ModelManifest;
  readonly card?: ModelCard;
}

/**
 * Reads a directory of the trainer: `churn.json`, the files that it names, and beside them, where they are, the card `churn.md` and its
 * pictures `churn-figures/*.svg`; of another kind the same under its name. The card's links become plain names of figures: elsewhere there is no such folder.
 * @throws {ScoringError} `model-directory-unreadable` saying what is missing
 * @throws {WarehouseError} `model-invalid` for a manifest that is none
 */
export async function readModelDirectory(directory: string, kind: ModelKind = 'churn'): Promise<TrainedModel> {
  const named = join(directory, `${kind}.json`);
  const manifest = readManifest(parsed(await needed(named), named));
  const beside = (file: string): Promise<Buffer> => {
    if (/[/\\]/.test(file)) throw unreadable(named, `it names the file ${file}, which would lie elsewhere`);
    return needed(join(directory, file));
  };
  const file = await beside(manifest.file);
  const offset = manifest.kind === 'clv' ? { offset: await beside(manifest.offset.file) } : {};
  const markdown = await readFile(join(directory, `${kind}.md`), 'utf8').catch(() => undefined);
  if (markdown === undefined) return { manifest, file, ...offset };
  const folder = `${kind}-figures`;
  const names = (await readdir(join(directory, folder)).catch(() => [])).filter((name) => name.endsWith('.svg')).sort();
  const figures = await Promise.all(names.map(async (name) => [name, await readFile(join(directory, folder, name), 'utf8')] as const));
  const card = modelCard.parse({ markdown: markdown.replaceAll(`](${folder}/`, ']('), figures: Object.fromEntries(figures) });
  return { manifest, file, ...offset, card };
}

async function needed(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch {
    throw unreadable(path, 'it cannot be read');
  }
}

function parsed(bytes: Buffer, path: string): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    throw unreadable(path, 'it is no JSON');
  }
}

const unreadable = (path: string, why: string): ScoringError =>
  new ScoringError('model-directory-unreadable', `${resolve(path)}: ${why}. Name a directory that npm run train wrote, or train anew.`);
