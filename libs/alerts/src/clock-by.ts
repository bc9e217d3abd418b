import type { ReadGate, Shop } from '#warehouse';

/** A shop's time, Unix milliseconds. */
export function clockBy(gate: Pick<ReadGate, 'read'>): (shop: Shop) => Promise<number | null> {
  return async (shop) => {
    const { stamp } = await gate.read(shop, () => Promise.resolve(), 'live');
    return stamp.clock === null ? null : Date.parse(stamp.clock);
  };
}
