import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ensureTrainer } from './python.mjs';

describe("the trainer's Python environment", () => {
  let root;
  const said = [];
  const say = (text) => said.push(text);
  const require = (text) => writeFileSync(join(root, 'apps', 'trainer', 'requirements.txt'), text);

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'tideline-python-'));
    mkdirSync(join(root, 'apps', 'trainer'), { recursive: true });
    said.length = 0;
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it('is made once, and anew for other requirements; says what to do when packages cannot be installed, and tries again the next time', () => {
    require('# none\n');
    const python = ensureTrainer(root, say);
    expect(existsSync(python)).toBe(true);
    expect(ensureTrainer(root, say)).toBe(python);
    expect(said).toHaveLength(1);
    // An environment takes ten seconds: this one is both for other requirements, and one that cannot be.
    require('./no-such-folder-here\n');
    expect(() => ensureTrainer(root, say)).toThrow(/pip could not install the packages of apps\/trainer/);
    expect(said).toHaveLength(2);
    expect(readdirSync(join(root, '.cache'))).toHaveLength(2);
    expect(() => ensureTrainer(root, say)).toThrow(/pip could not install/);
  });

  it('says that Python is missing', () => {
    require('');
    const path = process.env.PATH;
    process.env.PATH = join(root, 'nowhere');
    try {
      expect(() => ensureTrainer(root, say)).toThrow(/Python 3.11 or newer is missing/);
    } finally {
      process.env.PATH = path;
    }
  });
});
