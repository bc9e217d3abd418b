import { describe, expect, it } from 'vitest';
import { parseSecrets, readSecrets, Secrets } from './secrets.js';

describe('secrets', () => {
  it('are read from a file of names and values; without the default file there are none', () => {
    const secrets = parseSecrets('crm: first-value\nmail-server: smtps://u:p@host\n', 'f');
    expect([secrets.get('crm'), secrets.get('mail-server')]).toEqual(['first-value', 'smtps://u:p@host']);
    expect(() => secrets.get('other')).toThrow(/There is no secret other: add it to the secrets file/);
    expect(() => readSecrets('config/secrets.yaml').get('crm')).toThrow(/There is no secret crm/);
    expect(() => readSecrets('/nowhere/secrets.yaml')).toThrow(/there is no such file/);
    expect(() => parseSecrets('', 'f').get('x')).toThrow(/no secret x/);
  });

  it.each([
    ['- a list-of-values', 'f cannot be used'],
    ['Crm_Key: top-secret-value', 'must be the name of a secret'],
    ['crm: ""', 'crm: must not be empty'],
    ['crm: 12345678901234567', 'crm:'],
    ['crm: "top-secret-value\nother: [', 'not YAML, see line'],
  ])('of a bad file are refused without a value: %s', (text, words) => {
    let said = '';
    try {
      parseSecrets(text, 'f');
    } catch (error) {
      said = (error as Error).message;
    }
    expect(said).toContain(words);
    expect(said).not.toMatch(/top-secret|12345678901234567/);
  });

  it('are taken out of what others say, whole or the telling part of a URL', () => {
    const secrets = new Secrets({
      crm: 'signing-key',
      slack: 'https://hooks.example.org/services/T0/B0/token',
      mail: 'smtp://ann:p%40ssword@host:25',
    });
    expect(secrets.redact('no signing-key here, nor services/T0/B0/token')).toBe('no *** here, nor ***');
    expect(secrets.redact('POST /services/T0/B0/token: 404')).toBe('POST ***: 404');
    expect(secrets.redact('535 ann p@ssword, p%40ssword refused')).toBe('535 ann ***, *** refused');
    const plain = Buffer.from('\0ann\0p@ssword').toString('base64');
    expect(secrets.redact(`AUTH PLAIN ${plain}`)).toBe('AUTH PLAIN ***');
  });
});
