import type { FingerprintAnswer } from '#contracts';
import {
  fingerprintStatements,
  type Fingerprint,
  type FingerprintReads,
  type Level,
  type ReadGate,
  type Shop,
  type Stamp,
} from '#warehouse';
import { hash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

/** How often the shop is looked at until all of its tables stand at one place, and how long that is waited for. */
const usual = { lookMs: 250, patienceMs: 10_000 } as const;
/** Tries to read all tables of one place; a shop in which events stream moves on meanwhile. */
const mostTries = 3;

/** Order-free fingerprints of a shop's tables: two shops that hold the same show the same. */
export class FingerprintService {
  constructor(
    private readonly reads: FingerprintReads,
    private readonly gate: ReadGate,
    private readonly wait: { readonly lookMs: number; readonly patienceMs: number } = usual,
  ) {}

  /** Waits until facts, derived tables and views stand at one place; where that does not last, the answer is `partial`. */
  async of(shop: Shop): Promise<FingerprintAnswer> {
    for (let tries = 1; ; tries += 1) {
      const settled = await this.atOnePlace(shop);
      const { prints, stamps } = await this.print(shop);
      const moved = [...stamps.values()].some(({ size }) => size > 1);
      if ((settled && !moved) || tries === mostTries) {
        const stamp = await this.stampOf(shop, 'settled');
        const tables = [...prints].map(([table, { rows, print }]) => ({ table, rows, fingerprint: hex(print) }));
        return {
          shop: shop.shop,
          fingerprint: hash('sha256', JSON.stringify(tables), 'hex').slice(0, 32),
          tables,
          asOf: stamp.clock,
          generation: stamp.generation,
          watermark: { ...stamp.watermark },
          partial: stamp.partial || !settled || moved,
        };
      }
    }
  }

  /** @returns whether both levels and the views came to one place within the time that is waited */
  private async atOnePlace(shop: Shop): Promise<boolean> {
    for (const deadline = performance.now() + this.wait.patienceMs; performance.now() < deadline; await sleep(this.wait.lookMs)) {
      const [live, settled] = await Promise.all([this.stampOf(shop, 'live'), this.stampOf(shop, 'settled')]);
      // In another process than the refresher's the live watermark is gone after a start: the settled one is all there is.
      const together = live.generation === '0' || samePlaces(live.watermark, settled.watermark);
      if (together && (settled.clock === null || (await this.reads.viewsAreOf(shop, settled.generation)))) return true;
    }
    return false;
  }

  private async print(shop: Shop): Promise<{ prints: Map<string, Fingerprint>; stamps: Map<Level, Set<string>> }> {
    const prints = new Map<string, Fingerprint>();
    const stamps = new Map<Level, Set<string>>();
    for (const each of fingerprintStatements(shop)) {
      // Table by table: writers wait for the longest of them, not for all.
      const { value, stamp } = await this.gate.read(shop, () => this.reads.print(each), each.level);
      prints.set(each.table, value);
      stamps.set(each.level, (stamps.get(each.level) ?? new Set()).add(stamp.partial ? `${stamp.generation} torn` : stamp.generation));
    }
    return { prints, stamps };
  }

  private async stampOf(shop: Shop, level: Level): Promise<Stamp> {
    return (await this.gate.read(shop, () => Promise.resolve(), level)).stamp;
  }
}

function samePlaces(a: Stamp['watermark'], b: Stamp['watermark']): boolean {
  const places = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  return places.every((place) => a[place] === b[place]);
}

function hex(print: bigint): string {
  return print.toString(16).padStart(32, '0');
}
