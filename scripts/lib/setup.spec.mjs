import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { settingsOf } from './arguments.mjs';
import { checkNode, javaMajor, kafkaVersion } from './setup.mjs';

describe('what has to be there', () => {
  it('a Node that is new enough, else words that say which', () => {
    expect(() => checkNode('20.19.0')).not.toThrow();
    expect(() => checkNode('22.1.0')).not.toThrow();
    expect(() => checkNode('20.18.3')).toThrow(/20\.18\.3 is too old.*20\.19/);
    expect(() => checkNode('18.20.0')).toThrow(/too old/);
  });

  it('a Java whose version is read in both its spellings', () => {
    expect(javaMajor('openjdk version "17.0.15" 2025-04-15')).toBe(17);
    expect(javaMajor('java version "1.8.0_391"')).toBe(8);
    expect(javaMajor('openjdk version "21" 2023-09-19')).toBe(21);
    expect(javaMajor('command not found')).toBeUndefined();
  });
});

describe('the version of Kafka', () => {
  let root;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'tideline-setup-'));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it('is the one of the pom', () => {
    expect(kafkaVersion(process.cwd())).toMatch(/^4\.3\.\d+$/);
    writeFileSync(join(root, 'x'), '');
    expect(() => kafkaVersion(root)).toThrow();
  });
});

describe('flags', () => {
  it('stand for settings, in both spellings', () => {
    expect(settingsOf(['--port', '7071', '--data=/tmp/x'])).toEqual({ TIDELINE_PORT: '7071', TIDELINE_DATA: '/tmp/x' });
  });
  it('are refused when unknown or without a value', () => {
    expect(() => settingsOf(['--bogus', '1'])).toThrow(/--bogus is not a flag/);
    expect(() => settingsOf(['--port'])).toThrow(/--port needs a value/);
  });
});
