import { ident, openEmbedded, sql, type ClickHouse } from '#clickhouse';
import { aManifest } from '#testing';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ShopRepository } from '../shop.repository.js';
import { ModelRepository } from './model.repository.js';

let directory: string;
let clickhouse: ClickHouse;
let models: ModelRepository;
let count = 0;
let shop = { shop: 'none', database: 'shop_none' };
const cut = sql`ALTER TABLE ${ident('tideline', 'models')} UPDATE`;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tideline-models-'));
  clickhouse = await openEmbedded(directory);
  await new ShopRepository(clickhouse).prepareSystem();
  models = new ModelRepository(clickhouse);
});
afterAll(async () => {
  await clickhouse.close();
  await rm(directory, { recursive: true, force: true });
});
beforeEach(() => {
  count += 1;
  shop = { shop: `shop-${count}`, database: `shop_shop_${count}` };
});

/** Adds a version of its own bytes. */
async function added(name = 'seed', by = 'ada'): Promise<string> {
  const file = randomBytes(64);
  return (await models.add({ name, file, manifest: aManifest(file) }, by)).version;
}

describe('versions', () => {
  it('come back byte for byte, with their manifest, card and who added them', async () => {
    // Every byte, in an order that no text would survive.
    const file = Buffer.concat([Buffer.from(Uint8Array.from({ length: 256 }, (_, byte) => byte)), randomBytes(300_000)]);
    const manifest = aManifest(file, { note: "what no contract names: 'é'\n\\" });
    const card = { markdown: '# Churn\n![ROC](roc.svg)', figures: { 'roc.svg': '<svg/>', 'lift.svg': "<svg>'</svg>" } };
    const { version, added } = await models.add({ name: 'seed', file, manifest, card }, 'ada');
    expect([version, added]).toEqual([expect.stringMatching(/^churn-seed-[0-9a-f]{8}$/), true]);
    const stored = await models.read(version);
    expect(stored.file.equals(file)).toBe(true);
    expect(stored.manifest).toEqual(manifest);
    expect(await models.known(version)).toMatchObject({ version, bytes: file.length, addedBy: 'ada', manifest });
    expect(await models.card(version)).toEqual({ card: card.markdown, figures: ['roc.svg', 'lift.svg'] });
    expect(await models.figure(version, 'lift.svg')).toBe("<svg>'</svg>");
    expect(await models.figure(version, 'nothing.svg')).toBeUndefined();
  });

  it('added twice are one, also by two at once; another manifest of the same file is another version', async () => {
    const file = randomBytes(64);
    const add = (by: string, base = 0.5) => models.add({ name: 'twice', file, manifest: aManifest(file, { base }) }, by);
    const { version } = await add('ada');
    expect(await add('bob')).toEqual({ version, added: false });
    const both = await Promise.all([add('ada', 1), add('bob', 1)]);
    expect(new Set(both.map((each) => each.version)).size).toBe(1);
    const listed = (await models.list()).filter((each) => each.version.includes('-twice-'));
    expect(listed.length).toBe(2);
    expect(listed.find((each) => each.version === version)?.addedBy).toBe('ada');
    expect((await models.read(both[0].version)).manifest.base).toBe(1);
  });

  it('whose file was cut short or is another one are refused before they are kept', async () => {
    const file = randomBytes(64);
    const manifest = aManifest(file);
    await expect(models.add({ name: 'bad', file: file.subarray(0, 63), manifest }, 'ada')).rejects.toMatchObject({
      code: 'model-file-differs',
      message: expect.stringMatching(/63 bytes.*cut short/) as string,
    });
    expect((await models.list()).some((each) => each.version.includes('-bad-'))).toBe(false);
  });

  it.each(['file', 'manifest', 'offset_file'])('whose %s changed in the store are not given out', async (column) => {
    const version = await added('changed');
    const others = {
      file: sql`file = substring(file, 1, 60)`,
      manifest: sql`manifest = replace(manifest, '0.6', '0.7')`,
      // Of a kind that has none.
      offset_file: sql`offset_file = 'another'`,
    };
    const other = others[column as keyof typeof others];
    await clickhouse.command(sql`${cut} ${other} WHERE version = ${version} SETTINGS mutations_sync = 2`);
    await expect(models.read(version)).rejects.toMatchObject({ code: 'model-damaged' });
    await models.move(shop, 'promote', version, 'ada');
    await expect(models.active(shop, 'churn')).rejects.toMatchObject({ code: 'model-damaged' });
  });

  it('that are unknown are refused by naming those there are', async () => {
    const version = await added();
    const no = 'churn-no-00000000';
    for (const ask of [() => models.read(no), () => models.known(no), () => models.move(shop, 'promote', no, 'ada')]) {
      await expect(ask()).rejects.toMatchObject({ code: 'model-unknown', message: expect.stringContaining('There are: churn-') as string });
    }
    expect((await models.list())[0]?.version).toBe(version);
  });
});

describe('roles', () => {
  it('are none until something is said, and each shop has its own', async () => {
    const version = await added();
    expect(await models.active(shop, 'churn')).toBeUndefined();
    expect((await models.roles(shop)).size).toBe(0);
    await models.move(shop, 'promote', version, 'ada');
    expect((await models.active(shop, 'churn'))?.version).toBe(version);
    expect(await models.active({ shop: 'other', database: 'shop_other' }, 'churn')).toBeUndefined();
    // A sandbox that had this name before is another shop.
    expect((await models.roles({ ...shop, database: `${shop.database}__2` })).size).toBe(0);
    expect((await models.allRoles()).get(shop.database)?.get('churn')?.active).toBe(version);
  });

  it('follow the moves, and a rollback goes back through history until there is none', async () => {
    const [a, b, c] = [await added(), await added(), await added()];
    for (const version of [a, b, c]) await models.move(shop, 'promote', version, 'ada');
    await models.move(shop, 'shadow', a, 'bob');
    expect(await models.rolesOf(shop, 'churn')).toEqual({ active: c, shadow: a, before: b });
    expect((await models.shadow(shop, 'churn'))?.version).toBe(a);
    expect(await models.rollback(shop, 'churn', 'bob')).toMatchObject({ active: b, before: a });
    expect(await models.rollback(shop, 'churn', 'bob')).toEqual({ active: a, shadow: undefined, before: undefined });
    await expect(models.rollback(shop, 'churn', 'bob')).rejects.toMatchObject({
      code: 'model-move-refused',
      message: expect.stringContaining(`Before ${a} no churn model was active`) as string,
    });
    expect((await models.log(shop, 'churn')).map(({ by, move, role, version }) => [by, move, role, version])).toEqual([
      ['ada', 'promote', 'active', a],
      ['ada', 'promote', 'active', b],
      ['ada', 'promote', 'active', c],
      ['bob', 'shadow', 'shadow', a],
      ['bob', 'rollback', 'active', b],
      ['bob', 'rollback', 'active', a],
    ]);
  });

  it('two who promote at once: both are in the log with their names, and the later one counts', async () => {
    const [a, b] = [await added(), await added()];
    const others = new ModelRepository(clickhouse);
    await Promise.all([models.move(shop, 'promote', a, 'ada'), others.move(shop, 'promote', b, 'bob')]);
    const log = await models.log(shop, 'churn');
    expect(log.map(({ by }) => by).sort()).toEqual(['ada', 'bob']);
    expect(await models.rolesOf(shop, 'churn')).toMatchObject({ active: log[1]?.version, before: log[0]?.version });
  });

  it('go by the order of moves, on a machine whose clock went back too', async () => {
    const [a, b] = [await added(), await added()];
    const late = sql`toDateTime64('2099-01-01 00:00:00.000000', 6, 'UTC')`;
    await clickhouse.command(
      sql`INSERT INTO ${ident('tideline', 'model_moves')} (database, kind, at, move, role, version, moved_by) VALUES (${shop.database}, 'churn', ${late}, 'promote', 'active', ${a}, 'ada')`,
    );
    expect(await models.move(shop, 'promote', b, 'bob')).toMatchObject({ active: b, before: a });
  });

  it('said again change nothing; the active one is no shadow; what has no role cannot lose it', async () => {
    const [a, b] = [await added(), await added()];
    await models.move(shop, 'promote', a, 'ada');
    await models.move(shop, 'promote', a, 'bob');
    await models.move(shop, 'shadow', b, 'ada');
    await models.move(shop, 'shadow', b, 'bob');
    expect((await models.log(shop, 'churn')).length).toBe(2);
    await expect(models.move(shop, 'shadow', a, 'ada')).rejects.toMatchObject({ code: 'model-move-refused' });
    expect(await models.move(shop, 'withdraw', b, 'ada')).toEqual({ active: a, shadow: undefined, before: undefined });
    await expect(models.move(shop, 'withdraw', b, 'ada')).rejects.toThrow('has no role');
    expect(await models.move(shop, 'withdraw', a, 'ada')).toEqual({ active: undefined, shadow: undefined, before: undefined });
  });
});
