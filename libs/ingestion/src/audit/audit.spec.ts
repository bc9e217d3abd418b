import { Alarms } from '#alarms';
import type { AuditSample, AuditStretch, Shop } from '#warehouse';
import { describe, expect, it } from 'vitest';
import { Audit } from './audit.js';

const shop: Shop = {
  shop: 'whole',
  database: 'shop_whole',
  timeZone: 'UTC',
  currency: 'EUR',
  fiscalYearStart: 1,
  clockMode: 'data',
};
const parts = 6;
const stretches: AuditStretch[] = Array.from({ length: parts }, (_, part) => ({
  from: part === 0 ? null : part * 1_000,
  to: part === parts - 1 ? null : (part + 1) * 1_000,
  part,
  parts,
}));

/** An audit over stretches of which some are said to differ, and what it compared. */
function auditOf(cut: readonly AuditStretch[] = stretches) {
  const compared: AuditSample[] = [];
  const alarms = new Alarms();
  const differs = { totals: (_: AuditStretch): boolean => false, order: (_: AuditSample): boolean => false };
  const audit = new Audit(
    shop,
    { spans: () => Promise.resolve([]) },
    {
      stretches: () => Promise.resolve([...cut]),
      totals: (_, stretch) => Promise.resolve([{ name: 'gross', of: 'facts', expected: '1', actual: differs.totals(stretch) ? '2' : '1' }]),
      grossOfFacts: (_, sample) => {
        compared.push(sample);
        return Promise.resolve(new Map([['o', differs.order(sample) ? '2' : '1']]));
      },
      grossOfLedger: () => Promise.resolve(new Map([['o', '1']])),
    },
    alarms,
    () => [],
    () => Promise.resolve([]),
    (work) => work(),
  );
  const standing = (): string[] => alarms.list().map(({ subject }) => subject);
  return { audit, compared, differs, standing };
}

async function times(count: number, run: () => Promise<unknown>): Promise<void> {
  for (let time = 0; time < count; time += 1) await run();
}

describe('Audit', () => {
  it('goes round all stretches, and to the newest in between', async () => {
    const { audit, compared } = auditOf();
    await times(8, () => audit.run());
    expect(compared.map(({ stretch }) => stretch.part)).toEqual([5, 0, 1, 2, 5, 3, 4, 5]);
  });

  it('recomputes every share of a small shop in turn', async () => {
    const { audit, compared } = auditOf([{ from: null, to: null, part: 0, parts: 1 }]);
    await times(50, () => audit.run());
    expect(new Set(compared.map(({ turn }) => turn)).size).toBe(50);
  });

  it('keeps the alarm of a stretch while others agree, compares it every other time, and clears it when it agrees', async () => {
    const { audit, compared, differs, standing } = auditOf();
    differs.totals = ({ part }) => part === 1;
    await times(3, () => audit.run());
    compared.length = 0;
    await times(10, async () => {
      await audit.run();
      expect(standing()).toEqual(['totals']);
    });
    expect(compared.filter(({ stretch }) => stretch.part === 1).length).toBeGreaterThanOrEqual(5);
    differs.totals = () => false;
    await times(2, () => audit.run());
    expect(standing()).toEqual([]);
  });

  it('does not clear the alarm of an order by an audit of all months that did not recompute it', async () => {
    const { audit, differs, standing } = auditOf();
    differs.order = ({ turn, stretch }) => stretch.part === 0 && turn === 7;
    await times(2_000, () => audit.run());
    expect(standing()).toEqual(['sample']);
    await audit.run(true);
    expect(standing()).toEqual(['sample']);
    differs.order = () => false;
    await audit.run(true);
    expect(standing()).toEqual([]);
  });

  it('clears the alarm of a small shop with the next run but one, however often it differed', async () => {
    const { audit, differs, standing } = auditOf([{ from: null, to: null, part: 0, parts: 1 }]);
    differs.totals = () => true;
    await times(30, () => audit.run());
    expect(standing()).toEqual(['totals']);
    differs.totals = () => false;
    await audit.run();
    expect(standing()).toEqual([]);
  });

  it('runs once at a time', async () => {
    const { audit, compared } = auditOf();
    await Promise.all([audit.run(), audit.run(true), audit.run()]);
    expect(compared.map(({ stretch }) => stretch.parts)).toEqual([parts, 1, parts]);
  });
});
