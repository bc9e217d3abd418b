import { describe, expect, it } from 'vitest';
import { Alarms } from '#alarms';
import { IntakeAlarms } from './intake-alarms.js';
import type { WrittenBatch } from './ledger/ledger-writer.js';
import type { PartitionPlace } from './waiting.js';

function watched() {
  const alarms = new Alarms();
  const intake = new IntakeAlarms('demo', alarms, 60_000);
  return { alarms, intake, said: () => alarms.list('demo').map(({ code, subject, message }) => [code, subject, message]) };
}

const at = (next: number, end: number | null): PartitionPlace[] => [
  { topic: 'transactions.v1', partition: 1, epoch: 1, next: String(next), brokerEnd: end === null ? null : String(end) },
];

const rejected = (topic: WrittenBatch['head']['topic'], reasons: Readonly<Record<string, number>>): WrittenBatch => ({
  head: { topic, partition: 0, epoch: 1, next: 9n, rows: 9, recorded: null },
  accepted: 1,
  rejected: new Map(Object.entries(reasons)),
});

describe('messages that wait', () => {
  it('are an alarm once one has waited for too long, with how many there are, until none does', () => {
    const { intake, said } = watched();
    intake.reached(0, at(10, 500));
    intake.reached(59_000, at(490, 9_000));
    expect(said()).toEqual([]);
    intake.reached(60_000, at(490, 9_000));
    expect(said()).toEqual([['lag', 'topics', expect.stringMatching(/for 60 s .* demo yet\. .*transactions\.v1\/1 8510\. /) as string]]);
    intake.reached(70_000, at(490, null));
    expect(said()[0]?.[2]).toMatch(/for 70 s .* not known while Kafka does not answer/);
    // What came second has not waited that long.
    intake.reached(80_000, at(500, 9_500));
    expect(said()).toEqual([]);
  });

  it('are those of the process that moves the figures', () => {
    const { intake, said } = watched();
    intake.reached(0, at(10, 500));
    intake.reached(60_000, at(10, 500));
    intake.elsewhere();
    expect(said()).toEqual([]);
    intake.reached(61_000, at(10, 500));
    expect(said()).toEqual([]);
  });
});

describe('messages that cannot be used', () => {
  it('are an alarm per topic, counted by reason since somebody looked', () => {
    const { alarms, intake, said } = watched();
    intake.written(rejected('transactions.v1', {}));
    expect(said()).toEqual([]);
    intake.written(rejected('transactions.v1', { 'not-json': 2 }));
    intake.written(rejected('transactions.v1', { 'not-json': 1, 'wrong-currency': 4 }));
    intake.written(rejected('returns.v1', { 'not-json': 7 }));
    const words = (topic: string, counted: string): string =>
      expect.stringContaining(`demo.${topic} could not be used and are in no figure: ${counted}.`) as string;
    expect(said()).toEqual([
      ['dead-letters', 'transactions.v1', words('transactions.v1', 'not-json 3, wrong-currency 4')],
      ['dead-letters', 'returns.v1', words('returns.v1', 'not-json 7')],
    ]);
    for (const { code, shop, subject } of alarms.list('demo')) alarms.clear(code, shop, subject);
    intake.written(rejected('transactions.v1', { 'not-json': 5 }));
    expect(said()).toEqual([['dead-letters', 'transactions.v1', words('transactions.v1', 'not-json 5')]]);
  });
});
