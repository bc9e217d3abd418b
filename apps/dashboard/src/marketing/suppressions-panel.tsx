import { suppressionReasons, suppressionsAnswer, type AlertRule, type Suppression, type SuppressionReason } from '#contracts';
import { Skeleton } from '@mantine/core';
import { useState } from 'react';
import { shopPath } from '../data/paths.js';
import { useResource } from '../data/use-resource.js';
import { countText, exactMoneyText, moneyText, percentText } from '../format/figures.js';
import { instantText } from '../format/times.js';
import { withTimes } from '../life/words.js';
import { shownOf } from '../live/live.state.js';
import { useLive } from '../live/use-live.js';
import { Panel } from '../shell/region.js';
import { suppressionWords } from './words.js';

const shownRows = 50;

interface Props {
  readonly shop: string;
  readonly rules: readonly AlertRule[];
}

/** Alerts that were not sent, and why: what a rule keeps back is as much its work as what it sends. */
export function SuppressionsPanel({ shop, rules }: Props) {
  const [reason, setReason] = useState<SuppressionReason | null>(null);
  const moved = useLive((state) => shownOf(state, 'alerts')?.seq);
  const path = shopPath(shop, 'alert-suppressions', { reason, limit: shownRows });
  const { data, trouble } = useResource(path, suppressionsAnswer, { moved });
  const [counts, setCounts] = useState(data?.counts ?? null);
  // Counts are of every reason whatever is asked for: they stay while the rows of another are on their way.
  if (data !== null && data.counts !== counts) setCounts(data.counts);
  const total = counts === null ? 0 : Object.values(counts).reduce((sum, each) => sum + each, 0);
  return (
    <Panel name="suppressions" title="Not sent" trouble={trouble} aside={<span className="code">each with its reason</span>}>
      {counts === null && trouble === null && <Skeleton height={120} aria-hidden />}
      {counts !== null && total === 0 && (
        <p className="empty">Nothing was kept back so far. What a rule does not send stands here with its reason.</p>
      )}
      {counts !== null && total > 0 && (
        <>
          <Muted count={counts['muted'] ?? 0} />
          <div className="chips" role="group" aria-label="Reasons">
            <Chip label="All" count={total} on={reason === null} choose={() => setReason(null)} />
            {suppressionReasons
              .filter((each) => (counts[each] ?? 0) > 0)
              .map((each) => (
                <Chip
                  key={each}
                  name={each}
                  label={suppressionWords[each].short}
                  title={suppressionWords[each].long}
                  count={counts[each] ?? 0}
                  on={reason === each}
                  choose={() => setReason(each)}
                />
              ))}
          </div>
          {data === null ? (
            <Skeleton height={120} aria-hidden />
          ) : (
            <Rows rows={data.suppressions} rules={rules} total={reason === null ? total : (counts[reason] ?? 0)} />
          )}
        </>
      )}
    </Panel>
  );
}

function Muted({ count }: { readonly count: number }) {
  if (count === 0) return null;
  return (
    <p className="note" data-testid="muted">
      {countText(count)} {count === 1 ? 'decision lies' : 'decisions lie'} in the history that was loaded: recorded, and muted, since nobody
      is to be told of the past.
    </p>
  );
}

interface ChipProps {
  readonly name?: SuppressionReason;
  readonly label: string;
  readonly title?: string;
  readonly count: number;
  readonly on: boolean;
  readonly choose: () => void;
}

function Chip({ name, label, title, count, on, choose }: ChipProps) {
  return (
    <button type="button" className="chip" aria-pressed={on} title={title} onClick={choose} data-testid={`reason-${name ?? 'all'}`}>
      {label} <strong>{countText(count)}</strong>
    </button>
  );
}

interface RowsProps {
  readonly rows: readonly Suppression[];
  readonly rules: readonly AlertRule[];
  /** Of the reason that is looked at. */
  readonly total: number;
}

function Rows({ rows, rules, total }: RowsProps) {
  const zone = useLive((state) => shownOf(state, 'alerts')?.data.timeZone ?? 'UTC');
  const currency = useLive((state) => shownOf(state, 'alerts')?.data.currency ?? null);
  return (
    <>
      <div className="table-scroll" tabIndex={0} role="group" aria-label="Alerts that were not sent">
        <table className="figures">
          <thead>
            <tr>
              <th scope="col">When</th>
              <th scope="col" className="text">
                Customer
              </th>
              <th scope="col" className="text">
                Why
              </th>
              <th scope="col">Probability</th>
              <th scope="col">At stake</th>
              {rules.length > 1 && (
                <th scope="col" className="text">
                  Rule
                </th>
              )}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={`${row.at} ${row.customerId} ${row.rule}`} data-testid="suppression">
                <th scope="row">{instantText(row.at, zone)}</th>
                <td className="text">{row.customerId}</td>
                <td className="text" title={withTimes(row.detail, zone)}>
                  {suppressionWords[row.reason].short}
                </td>
                <td>{percentText(row.probability)}</td>
                <td title={currency === null ? undefined : exactMoneyText(row.netValueAtStake, currency)}>
                  {currency === null ? row.netValueAtStake : moneyText(row.netValueAtStake, currency)}
                </td>
                {rules.length > 1 && <td className="text">{rules.find(({ id }) => id === row.rule)?.name ?? row.rule}</td>}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {rows.length === shownRows && (
        <p className="note">
          The newest {shownRows} of {countText(total)}; the API has them all.
        </p>
      )}
    </>
  );
}
