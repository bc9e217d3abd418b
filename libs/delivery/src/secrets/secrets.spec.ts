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

  describe('are taken out by each piece of a URL, however it is escaped', () => {
    const secrets = new Secrets({
      teams: 'https://Hooks.example.org:443/hooks/9k3f-Q7_x.2/in?key=a%2Fbc+d%3D%3D&v=1&s3cr3t-flag',
      chat: 'https://chat.example.org/b/(50%)tok',
      crm: 'a "quoted" key & more',
      erp: 'first <\n> second',
    });
    it.each([
      ['the token alone', 'no hook 9k3f-Q7_x.2 here', 'no hook *** here'],
      ['the path in JSON', String.raw`{"path":"\/hooks\/9k3f-Q7_x.2\/in"}`, String.raw`{"path":"\/hooks\/***\/in"}`],
      ['in JSON by numbers', String.raw`no 9k3f\u002DQ7_x.2`, 'no ***'],
      ['in a URL', 'from=%2Fhooks%2F9k3f-Q7_x%2e2', 'from=%2Fhooks%2F***'],
      ['in HTML', 'no 9k3f&#45;Q7&#x5F;x.2', 'no ***'],
      ['in small letters', 'no 9k3f-q7_x.2', 'no ***'],
      ['the value of a query', 'bad key a%2Fbc+d%3D%3D', 'bad key ***'],
      ['the value of a query, decoded', 'bad key a/bc+d==', 'bad key ***'],
      ['a query without a value', 'no s3cr3t-flag', 'no ***'],
      [
        'the address as a program writes it',
        'from https://hooks.example.org/hooks/9k3f-Q7_x.2/in?key=a%2Fbc+d%3D%3D&v=1&s3cr3t-flag',
        'from ***',
      ],
      ['what no percent sign can be read of', 'no (50%)tok', 'no ***'],
      ['a key with marks in HTML', '<p>a &quot;quoted&quot; key &amp; more</p>', '<p>***</p>'],
      ['a key of two lines in JSON', JSON.stringify({ said: 'first <\n> second' }), '{"said":"***"}'],
      ['a key with marks', JSON.stringify({ said: 'a "quoted" key & more' }), '{"said":"***"}'],
      ['nothing of ordinary words', 'no hooks in here, try again', 'no hooks in here, try again'],
    ])('%s', (_, said, shown) => {
      expect(secrets.redact(said)).toBe(shown);
    });
  });
});
