import { ident, sql, type ClickHouse } from '#clickhouse';
import type { Oracle } from '../oracle/index.js';
import { differencesIn, type Difference } from './difference.js';
import type { ExpectedTable } from './expected-table.js';

/**
 * Verdicts: how many different messages of each topic were accepted, or rejected for which reason. A message that came twice
 * stands twice in the ledger, so payloads are counted once; gaps are no messages.
 */
export async function ledgerDifferences(clickhouse: ClickHouse, database: string, oracle: Oracle): Promise<Difference[]> {
  const rows = await clickhouse.query<
    Record<string, string>
  >(sql`SELECT topic, toString(verdict) AS verdict, reason, toString(uniqExact(payload)) AS messages
FROM ${ident(database, 'ledger')} WHERE verdict != 'gap' GROUP BY topic, verdict, reason`);
  return differencesIn(expectedVerdicts(oracle), rows);
}

function expectedVerdicts(oracle: Oracle): ExpectedTable {
  return {
    table: 'ledger',
    part: {},
    key: ['topic', 'verdict', 'reason'],
    columns: ['messages'],
    *rows() {
      const groups = new Map<string, Set<string>>();
      oracle.verdicts.forEach((verdict, index) => {
        const message = oracle.messages[index];
        if (!message) return;
        const key = JSON.stringify([message.topic, verdict.accepted ? 'accepted' : 'rejected', verdict.accepted ? '' : verdict.reason]);
        const payloads = groups.get(key) ?? new Set();
        groups.set(key, payloads.add(message.value === null ? 'none' : `=${Buffer.from(message.value).toString('base64')}`));
      });
      for (const [key, payloads] of groups) {
        const [topic, verdict, reason] = JSON.parse(key) as [string, string, string];
        yield { topic, verdict, reason, messages: String(payloads.size) };
      }
    },
  };
}
