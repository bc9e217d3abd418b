import type { LedgerHead, LedgerTopic, Position } from '#warehouse';

/**
 * The positions after the next step, or undefined when no partition moved.
 * @param rowCap rows of a partition at most
 */
export function nextPositions(
  from: readonly Position[],
  heads: readonly Pick<LedgerHead, 'topic' | 'partition' | 'epoch' | 'next'>[],
  rowCap: number,
): Position[] | undefined {
  const positions = new Map<string, Position>(from.map((each) => [placeOf(each), each]));
  const moved = new Set<string>();
  // Oldest epoch first, one epoch per partition and step: an epoch is finished before the next one starts.
  for (const head of [...heads].sort((a, b) => a.epoch - b.epoch)) {
    const place = placeOf(head);
    const current = positions.get(place);
    if (moved.has(place) || (current && current.epoch > head.epoch)) continue;
    const start = current?.epoch === head.epoch ? current.next : 0n;
    if (start >= head.next) continue;
    const capped = start + BigInt(rowCap);
    positions.set(place, {
      topic: head.topic,
      partition: head.partition,
      epoch: head.epoch,
      next: head.next < capped ? head.next : capped,
    });
    moved.add(place);
  }
  return moved.size > 0 ? [...positions.values()] : undefined;
}

/** Positions of one topic. */
export function ofTopic(positions: readonly Position[], topic: LedgerTopic): Position[] {
  return positions.filter((each) => each.topic === topic);
}

/** Whether positions lie at the ledger's end in every partition that moved. */
export function reaches(to: readonly Position[], heads: readonly LedgerHead[]): boolean {
  return heads.every((head) => to.some((each) => placeOf(each) === placeOf(head) && each.epoch === head.epoch && each.next === head.next));
}

/** `returns.v1/0`. */
export function placeOf({ topic, partition }: { topic: string; partition: number }): string {
  return `${topic}/${partition}`;
}

/** Ends of partitions as far as positions allow: what lies beyond them is left alone. */
export function notBeyond<Head extends Pick<LedgerHead, 'topic' | 'partition' | 'epoch' | 'next'>>(
  heads: readonly Head[],
  until: readonly Position[],
): Head[] {
  return heads.flatMap((head) => {
    const limit = until.find((each) => placeOf(each) === placeOf(head));
    if (!limit || head.epoch > limit.epoch) return [];
    return [head.epoch === limit.epoch && head.next > limit.next ? { ...head, next: limit.next } : head];
  });
}
