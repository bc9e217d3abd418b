import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { alarmCodes, Alarms } from './alarms.js';

const operations = readFileSync(join(import.meta.dirname, '../../../docs/operations.md'), 'utf8');

/** Rows of the tables of alarms: code, what it means, the first command. */
function documented(): string[][] {
  const section = /^## Alarms$([^]*?)^## /m.exec(operations)?.[1] ?? '';
  // Deliveries of an alarm link to its row.
  return [...section.matchAll(/^\| <a id="alarm-([a-z-]+)"><\/a>`\1` \| (.+?) \| (.+) \|$/gm)].map(([, ...cells]) => cells);
}

describe('alarms', () => {
  it('are all in docs/operations.md, each once, with its meaning and a first command; and no other', () => {
    const rows = documented();
    expect(rows.map(([code]) => code).sort()).toEqual([...alarmCodes].sort());
    for (const [code, meaning, command] of rows) {
      expect(meaning?.length, code).toBeGreaterThan(20);
      expect(command, code).toMatch(/`(npm|grep|tail|df|curl|kafka)[^`]+`/);
    }
  });

  it('count up while they stand, and go when their cause does', () => {
    const alarms = new Alarms();
    alarms.raise('ledger-failed', 'demo', 'ledger', 'first');
    expect(alarms.raise('ledger-failed', 'demo', 'ledger', 'again')).toMatchObject({ message: 'again', times: 2 });
    alarms.clear('ledger-failed', 'demo', 'ledger');
    expect(alarms.list()).toEqual([]);
  });
});
