import { tableOf, type Position } from '#warehouse';
import { IngestionError } from '../ingestion.errors.js';
import { placeOf } from '../refresh/positions.js';
import { Recount } from './recount.js';
import type { RecountOf, Told } from './recount-of.js';

/** What may still be missing when live steps are asked to wait: about a second of folding. */
const fewRows = 20_000n;
/** How often the recount follows a ledger that grows before it asks them to wait all the same. */
const mostRounds = 10;

/**
 * Makes figures anew from the ledger while the shop goes on: folds them beside those on show, follows until little is missing, then,
 * while nothing moves, folds the rest and exchanges the tables. So a reader sees the old ones or the new ones, and nothing in between;
 * and what no event accounts for is gone.
 * @param tables which ones; none: all
 * @returns the tables that were put in place
 * @throws {IngestionError} `no-such-table`; `keys-differ` where some tables alone would name other customers than the rest
 */
export async function rebuild(of: RecountOf, tables: readonly string[], told: Told): Promise<string[]> {
  const { shop, clickhouse, signal, refresher } = of;
  let recount = await Recount.open(clickhouse, shop);
  try {
    const known = recount.aside.tables.map(({ name }) => name);
    const unknown = tables.find((name) => !known.includes(name));
    if (unknown !== undefined)
      throw new IngestionError('no-such-table', `${unknown} is no table of figures. There are: ${known.join(', ')}.`);
    const wanted = tables.length === 0 ? known : known.filter((name) => tables.includes(name));
    const standing = (table: string) => tableOf(shop, table);
    const fold = (positions: readonly Position[]): Promise<void> => {
      const rows = Number(sumOf(positions));
      return recount.foldTo(positions, standing, (done) => told('folding the ledger', Math.min(done, rows), rows), signal);
    };

    for (let round = 1; round <= mostRounds; round += 1) {
      const until = refresher.watermark?.positions ?? [];
      await fold(until);
      if ((await recount.aside.otherKeys()) > 0) {
        // A customer's key was wrong and is given anew: the keys given meanwhile could be the same. So all is done while none is given.
        await recount.aside.drop();
        recount = await Recount.open(clickhouse, shop);
        break;
      }
      if (sumOf(refresher.watermark?.positions ?? []) - sumOf(until) <= fewRows) break;
    }
    await of.atRest(async () => {
      const positions = refresher.watermark?.positions ?? [];
      await fold(positions);
      if (wanted.length < known.length && (await recount.aside.otherKeys()) > 0) {
        throw new IngestionError(
          'keys-differ',
          `Keys of customers of ${shop.shop} are wrong, so that some tables alone would not fit the others. Rebuild all: name no table.`,
        );
      }
      signal.throwIfAborted();
      told('exchanging the tables', Number(sumOf(positions)), Number(sumOf(positions)));
      await refresher.replace(() => recount.aside.exchange(wanted));
    });
    return wanted;
  } finally {
    await recount.aside.drop();
  }
}

/** Offsets before positions, over all partitions; earlier epochs count as nothing, which is good enough to see how far it is. */
function sumOf(positions: readonly Position[]): bigint {
  const byPlace = new Map(positions.map((each) => [placeOf(each), each.next]));
  return [...byPlace.values()].reduce((sum, next) => sum + next, 0n);
}
