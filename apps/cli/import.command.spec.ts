import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { importCommand } from './import.command.js';

const header = 'InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country';
let directory: string;
let path: string;
let printed: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tideline-cli-'));
  path = join(directory, 'a.csv');
  await writeFile(
    path,
    `${header}\n1,p,Pen,2,2011-01-01 10:00:00,2.50,c,UK\n1,q,Cup,0,2011-01-01 10:00:00,2.50,c,UK\nC2,p,Pen,-1,2011-01-02 10:00:00,2.50,c,UK\n`,
  );
  printed = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    printed += String(chunk);
    return true;
  });
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(directory, { recursive: true });
});

async function run(...words: string[]): Promise<string> {
  const command = importCommand()
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  await command.parseAsync(['--shop', 'my-shop', '--mapping', 'online-retail', '--rejects', join(directory, 'r.csv'), ...words], {
    from: 'user',
  });
  return printed;
}

describe('import --dry-run', () => {
  it('counts without a server; --json is one object, last', async () => {
    const last = (await run('--dry-run', '--json', path)).trim().split('\n').at(-1);
    expect(JSON.parse(last ?? '')).toMatchObject({
      shop: 'my-shop',
      dryRun: true,
      rows: 3,
      saleRows: 1,
      returnRows: 1,
      rejectedRows: 1,
      rejected: { 'stock write-off': 1 },
      rejectsFile: join(directory, 'r.csv'),
      orders: 1,
      refunds: 1,
      products: 1,
      customers: 1,
    });
  });

  it('prints words without --json', async () => {
    expect(await run('--dry-run', path)).toMatch(/orders +1\n/);
  });
});

describe('import ends in words', () => {
  it('when the file does not exist', async () => {
    await expect(run(join(directory, 'no.csv'))).rejects.toMatchObject({ code: 'file-unreadable' });
  });

  it('when the mapping does not exist', async () => {
    await expect(run('--mapping', 'nope', path)).rejects.toMatchObject({ code: 'mapping-invalid' });
  });

  it('when the file has other columns', async () => {
    await writeFile(path, 'a,b\n1,2\n');
    await expect(run(path)).rejects.toMatchObject({ code: 'columns-missing' });
  });

  it('when no instance answers', async () => {
    // Port 1 is not listened on, and may not be by an ordinary user.
    await expect(run('--url', 'http://127.0.0.1:1', path)).rejects.toMatchObject({ code: 'instance-unreachable' });
  });

  it('when no file is named', async () => {
    await expect(run()).rejects.toMatchObject({ code: 'commander.missingArgument' });
  });
});
