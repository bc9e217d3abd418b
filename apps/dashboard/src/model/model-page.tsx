import './model.css';
import { modelAnswer, scoreboardAnswer, shopModelsAnswer, type ModelAnswer } from '#contracts';
import { Skeleton } from '@mantine/core';
import { useState } from 'react';
import { modelPath, shopPath } from '../data/paths.js';
import { useResource } from '../data/use-resource.js';
import { IconInfoCircle } from '../icons.js';
import { useRooms } from '../live/use-live.js';
import { TroubleNote } from '../shell/region.js';
import { Remark, WithCommands } from '../shell/remark.js';
import { useView } from '../shell/use-view.js';
import { plainQueries } from '../view/queries.js';
import { Calibration } from './calibration.js';
import { Candidates } from './candidates.js';
import { Drift } from './drift.js';
import { Features } from './features.js';
import { Moves } from './moves.js';
import { Populations } from './populations.js';
import { reportOf, type ChurnModels } from './report.js';
import { Scoreboard } from './scoreboard.js';
import { Threshold } from './threshold.js';
import { VersionPanel } from './version-panel.js';
import { Versions } from './versions.js';

const everyMs = 15_000;
/** What happened is known by days. */
const boardMs = 60_000;

/** Whether the scores deserve trust. @param shop null: not known yet which one */
export default function ModelPage({ shop }: { readonly shop: string | null }) {
  const [view] = useView();
  useRooms(shop, plainQueries);
  const roles = useResource(shop && shopPath(shop, 'models'), shopModelsAnswer, { everyMs });
  const churn = roles.data?.kinds.find(({ kind }) => kind === 'churn') ?? null;
  const version = view.version ?? churn?.active ?? null;
  const found = useResource(version && modelPath(version), modelAnswer);
  const board = useResource(shop && version && shopPath(shop, 'models/scoreboard'), scoreboardAnswer, { everyMs: boardMs });
  const own = board.data?.versions.find((each) => each.version === version);
  return (
    <div className="model">
      <section className="headline" aria-labelledby="title">
        <div className="title">
          <h1 id="title">Model</h1>
          <p>Probability of no order in the next {found.data?.manifest.horizonDays ?? 90} days</p>
        </div>
        {roles.trouble && <TroubleNote trouble={roles.trouble} />}
        {found.trouble && <TroubleNote trouble={found.trouble} />}
        {board.trouble && <TroubleNote trouble={board.trouble} />}
        {churn?.words && (
          <Remark icon={IconInfoCircle} testid="no-model">
            <WithCommands words={churn.words} />
          </Remark>
        )}
        {churn && <Versions churn={churn} version={version} />}
      </section>
      {found.data && churn && <Report model={found.data} churn={churn} />}
      {!found.data && !found.trouble && (roles.data === null || version !== null) && !roles.trouble && (
        <Skeleton height={320} aria-hidden />
      )}
      {board.data && version !== null && (
        <>
          <Scoreboard board={board.data} own={own} />
          <Drift drift={own?.drift} />
        </>
      )}
      {churn && <Moves churn={churn} />}
    </div>
  );
}

function Report({ model, churn }: { readonly model: ModelAnswer; readonly churn: ChurnModels }) {
  const { manifest } = model;
  const report = reportOf(manifest);
  const newest = report.tests[0];
  const [chosen, choose] = useState('all');
  const name = newest?.populations[chosen] ? chosen : 'all';
  const population = newest?.populations[name];
  if (manifest.kind !== 'churn') {
    return (
      <section className="panel">
        <p className="empty">
          {model.version} is no model of churn, which this page is about. Its card: npm run -s cli -- model show {model.version} --card
        </p>
      </section>
    );
  }
  return (
    <>
      <VersionPanel model={model} manifest={manifest} churn={churn} report={report} />
      {newest && population ? (
        <>
          <Populations test={newest} name={name} choose={choose} />
          <Candidates test={newest} name={name} population={population} report={report} />
          <Calibration name={name} population={population} />
          <div className="column">
            <Threshold name={name} population={population} />
            <Features model={model} />
          </div>
        </>
      ) : (
        <>
          <section className="panel">
            <p className="empty">This version carries no measures: nobody tested it, or its manifest is of another trainer.</p>
          </section>
          <Features model={model} />
        </>
      )}
    </>
  );
}
