import type { PartitionBounds } from '#streaming';
import type { LedgerSpan, Watermark } from '#warehouse';
import type { AuditCheck } from './audit.js';

/** Per epoch: distinct offsets plus gaps fill the span without a hole. */
export function checkOffsets(spans: readonly LedgerSpan[]): AuditCheck {
  const holed = spans.find((span) => span.distinct + span.missing !== span.last - span.first + 1n);
  return {
    check: 'offsets',
    ok: !holed,
    compared: true,
    detail: holed
      ? `${holed.topic}/${holed.partition} epoch ${holed.epoch}: ${holed.distinct} offsets and ${holed.missing} missing do not fill ${holed.first}..${holed.last}`
      : `${spans.length} partition epochs without a hole`,
  };
}

/**
 * The ledger never holds more than the broker has, in the newest epoch of a partition.
 * @param bounds undefined where no broker is up
 */
export function checkBroker(spans: readonly LedgerSpan[], bounds: readonly PartitionBounds[] | undefined): AuditCheck {
  if (!bounds) return { check: 'broker', ok: true, compared: false, detail: 'no broker is up: its offsets were not compared' };
  const newest = new Map<string, LedgerSpan>();
  for (const span of spans) newest.set(`${span.topic}/${span.partition}`, span);
  const ahead = [...newest.values()].find((span) => {
    const bound = bounds.find((each) => each.topic.endsWith(`.${span.topic}`) && each.partition === span.partition);
    return bound !== undefined && span.last >= bound.end;
  });
  return {
    check: 'broker',
    ok: !ahead,
    compared: true,
    detail: ahead
      ? `${ahead.topic}/${ahead.partition}: the ledger holds offset ${ahead.last}, the broker ends before it`
      : 'the broker holds all that the ledger does',
  };
}

/**
 * The watermark names no offset that the ledger does not hold.
 * @param clock shop time as the ledger gives it; undefined where something else moves it
 */
export function checkWatermark(spans: readonly LedgerSpan[], watermark: Watermark | undefined, clock: Date | null | undefined): AuditCheck {
  const beyond = watermark?.positions.find(
    ({ topic, partition, epoch, next }) =>
      next > 0n &&
      !spans.some((span) => span.topic === topic && span.partition === partition && span.epoch === epoch && span.last + 1n >= next),
  );
  const said = watermark?.clock ?? null;
  const late = clock !== undefined && clock?.getTime() !== said?.getTime();
  return {
    check: 'watermark',
    ok: !beyond && !late,
    compared: true,
    detail: beyond
      ? `${beyond.topic}/${beyond.partition}: the watermark stands at ${beyond.epoch}:${beyond.next}, which the ledger does not hold`
      : late
        ? `clock: expected ${clock?.toISOString() ?? 'none'}, is ${said?.toISOString() ?? 'none'}`
        : `the ledger holds all that the figures say they are of`,
  };
}
