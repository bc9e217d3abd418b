import type { BacktestAnswer, BacktestBody } from '#contracts';

/** What the figures of a backtest do not say, in words. */
export function notesOf(
  body: BacktestBody,
  {
    shop,
    from,
    weeks,
    asked,
    model,
    alreadyInside,
    outcome,
  }: Omit<BacktestAnswer, 'notes' | 'asOf' | 'generation' | 'watermark' | 'partial'>,
): string[] {
  const { all, seen, unseen } = outcome;
  const notes: string[] = [];
  if (weeks < asked) notes.push(`${shop} is younger than ${asked} weeks: its first order was at ${from}, ${weeks} weeks before its clock.`);
  if (!body.on) notes.push('The rule is off; it was tried as if it were on.');
  if (seen.alerts > 0) {
    const whose = model.trainedOn === shop ? "this shop's history" : `the history of ${model.trainedOn}`;
    notes.push(
      `The model learnt from ${whose} up to ${model.trainedUntil}: ${seen.alerts} of ${all.alerts} alerts lie before that, and may look better than later ones will.`,
    );
  }
  if (all.alerts > 0 && unseen.known === 0) notes.push('Of no alert after the training is it known yet how it ended.');
  if (alreadyInside > 0) {
    notes.push(
      `${alreadyInside} customers were in the band as the weeks began, as if they had been decided on before. No cool-down and no open alert reaches into the first weeks, so these may have more alerts than they would have had.`,
    );
  }
  if (body.segment !== null) notes.push(`Segments of the past are not kept: ${body.segment} is who is in it today.`);
  if (all.lift.all !== null && all.lift.all < 1) {
    notes.push(
      'An alert is sent when the risk begins. Among all customers are those who have been silent for long, and most of them stay away: compare with the active ones.',
    );
  }
  return notes;
}
