import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deliveryCommand } from './delivery.command.js';
import { demandCommand } from './demand.command.js';
import { parseUrl } from './instance.js';

let directory: string;
/** An instance without channels. */
let server: Server;
let url: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tideline-words-'));
  server = createServer((_, response) => response.setHeader('content-type', 'application/json').end('{"channels":[]}'));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.close();
  await rm(directory, { recursive: true });
});

async function run(command: Command, ...words: string[]): Promise<void> {
  for (const each of [command, ...command.commands]) each.exitOverride().configureOutput({ writeErr: () => undefined });
  await command.parseAsync([...words, '--shop', 'my-shop'], { from: 'user' });
}

/** A file of the directory that says something. */
async function file(name: string, text: string): Promise<string> {
  await writeFile(join(directory, name), text);
  return join(directory, name);
}

// What ends without a code is shown with its stack.
describe('a file that cannot be used ends in words', () => {
  it.each([
    ['is broken JSON', '{"kind":', /is not JSON/],
    ['is no object', '[]', /holds no JSON object/],
    ['has a wrong field', '{"kind":"webhook","url":"ftp://x"}', /cannot be used:\n {2}- \w+/],
  ])('of a channel, when it %s', async (_, text, words) => {
    const path = await file('channel.json', text);
    await expect(run(deliveryCommand(), 'put', 'crm', path, '--url', url)).rejects.toMatchObject({
      code: 'file-invalid',
      message: expect.stringMatching(words) as string,
    });
  });

  it('of a forecast', async () => {
    await file('demand-forecast.json', '{"origin":');
    await expect(run(demandCommand(), 'publish', directory, '--url', url)).rejects.toMatchObject({ code: 'file-invalid' });
    await expect(run(demandCommand(), 'publish', join(directory, 'no'), '--url', url)).rejects.toMatchObject({ code: 'file-invalid' });
  });
});

describe('--url', () => {
  it('is an address, or the command does not begin', async () => {
    expect(parseUrl('http://localhost:7070')).toBe('http://localhost:7070');
    for (const text of ['localhost:7070', '127.0.0.1:7070', 'ftp://x', 'http://'])
      expect(() => parseUrl(text)).toThrow(/is not an address/);
    await file('demand-forecast.json', '{}');
    await expect(run(demandCommand(), 'publish', directory, '--if-running', '--url', 'localhost:7070')).rejects.toMatchObject({
      code: 'commander.invalidArgument',
    });
  });
});
