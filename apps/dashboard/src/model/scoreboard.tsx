import type { OutcomeFigures, OutcomeRates, ScoreboardAnswer } from '#contracts';
import { countText, measureText, percentText } from '../format/figures.js';
import { instantText } from '../format/times.js';
import { IconAlertTriangle, IconCircleCheck, IconHourglassEmpty } from '../icons.js';
import { Panel } from '../shell/region.js';
import { ScoredMonths } from './scored-months.js';
import { basisWords, intervalText } from './scoreboard-words.js';

export type BoardVersion = ScoreboardAnswer['versions'][number];

interface Props {
  readonly board: ScoreboardAnswer;
  /** The version on show; undefined where nobody was marked with it here. */
  readonly own: BoardVersion | undefined;
}

/** What was said, beside what happened when the time was over. */
export function Scoreboard({ board, own }: Props) {
  return (
    <Panel
      name="scoreboard"
      title="Scoreboard"
      className="wide"
      aside={board.asOf !== null && <span className="code">known by {instantText(board.asOf, 'UTC')} UTC</span>}
    >
      {own ? <Verdict own={own} /> : <p className="empty">{board.words ?? 'Nobody was marked with this version in this shop yet.'}</p>}
      {own?.groups.map((group) => (
        <Group key={group.basis} {...group} />
      ))}
      {own && own.months.length > 0 && <ScoredMonths months={own.months} horizonDays={own.horizonDays} />}
      <p className="note">
        At the start of each month every customer is marked with what the version says of what is known then: one mark per customer and
        month, however often he is scored. Intervals are 95% by Wilson; windows of a customer that lie over one another count as one.
      </p>
    </Panel>
  );
}

/** Whether the level holds, or when that can be said. */
function Verdict({ own: { calibration, words } }: { readonly own: BoardVersion }) {
  const [tone, Shape, title] =
    calibration === null
      ? (['plain', IconHourglassEmpty, null] as const)
      : calibration.alarm
        ? (['warn', IconAlertTriangle, 'Calibration left its band.'] as const)
        : (['good', IconCircleCheck, 'Calibration holds.'] as const);
  return (
    <p className="level" data-testid="scoreboard-verdict" data-tone={tone}>
      <Shape size={16} aria-hidden />
      <span>
        {title && <strong>{title}</strong>} {words} {calibration?.words}
      </span>
    </p>
  );
}

const names = { all: 'All customers', active: 'Active 180 days' } as const;

function Group({ basis, months, populations }: BoardVersion['groups'][number]) {
  const { title, note } = basisWords[basis];
  return (
    <section className="basis" data-testid={`basis-${basis}`} aria-label={title}>
      <h3>
        {title} <span className="code">{months === 1 ? '1 month' : `${countText(months)} months`}</span>
      </h3>
      <p className="note">{note}</p>
      <div className="table-scroll" tabIndex={0} role="group" aria-label={`${title}: measures and bands`}>
        <table className="figures">
          <thead>
            <tr>
              <th scope="col">Customers</th>
              <th scope="col">Marks</th>
              <th scope="col">Said</th>
              <th scope="col">Happened</th>
              <th scope="col">95%</th>
              <th scope="col">AUC</th>
              <th scope="col">Log loss</th>
              <th scope="col">Brier</th>
              <th scope="col">ECE</th>
            </tr>
          </thead>
          <tbody>
            {populations.map((figures) => (
              <Population key={figures.population} {...figures} />
            ))}
          </tbody>
        </table>
      </div>
      <Tenths deciles={populations.find(({ population }) => population === 'all')?.deciles ?? []} />
    </section>
  );
}

function Population({ population, bands, ...all }: OutcomeFigures) {
  return (
    <>
      <tr data-chosen data-testid={`outcome-${population}`}>
        <th scope="row">{names[population]}</th>
        <Rates {...all} />
        <td>{measureText(all.auc)}</td>
        <td>{measureText(all.logLoss)}</td>
        <td>{measureText(all.brier)}</td>
        <td>{measureText(all.ece)}</td>
      </tr>
      {bands.map(({ band, ...rates }) => (
        <tr key={band} data-testid={`outcome-${population}-${band}`}>
          <th scope="row">{band}</th>
          <Rates {...rates} />
          <td colSpan={4} />
        </tr>
      ))}
    </>
  );
}

/** Four cells: how many, what was said, what happened, and how sure that is. */
function Rates({ customers, predicted, observed, low, high }: OutcomeRates) {
  return (
    <>
      <td>{countText(customers)}</td>
      <td>{percentText(predicted, 1)}</td>
      <td>
        <strong>{percentText(observed, 1)}</strong>
      </td>
      <td>{intervalText({ low, high })}</td>
    </>
  );
}

function Tenths({ deciles }: Pick<OutcomeFigures, 'deciles'>) {
  if (deciles.length === 0) return null;
  return (
    <details className="tenths">
      <summary>By tenths of the probability</summary>
      <div className="table-scroll" tabIndex={0} role="group" aria-label="By tenths of the probability">
        <table className="figures">
          <thead>
            <tr>
              <th scope="col">Tenth</th>
              <th scope="col">Marks</th>
              <th scope="col">Said</th>
              <th scope="col">Happened</th>
              <th scope="col">95%</th>
            </tr>
          </thead>
          <tbody>
            {deciles.map((rates, place) => (
              <tr key={place}>
                <th scope="row">{place + 1}</th>
                <Rates {...rates} />
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
