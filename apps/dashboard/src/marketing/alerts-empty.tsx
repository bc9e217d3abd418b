import type { AlertCounts, ScoresSummaryAnswer, ShopModelsAnswer } from '#contracts';
import { useView } from '../shell/use-view.js';
import { stateWords } from './words.js';

interface Props {
  readonly models: ShopModelsAnswer | null;
  readonly scores: ScoresSummaryAnswer | null;
  readonly counts: AlertCounts | null;
}

/** Why there is nothing, and what will change that. */
export function AlertsEmpty({ models, scores, counts }: Props) {
  const [view] = useView();
  const hasModel = models?.kinds.some(({ kind, active }) => kind === 'churn' && active !== null) ?? true;
  const total = Object.values(counts ?? {}).reduce((sum, each) => sum + each, 0);
  return (
    <p className="empty" data-testid="no-alerts">
      {wordsOf()}
    </p>
  );

  function wordsOf(): string {
    if (view.rule !== null) return `No alert of this rule is ${stateWords[view.state].toLowerCase()}. Choose all rules to see others.`;
    if (view.state !== 'open') return `No alert is ${stateWords[view.state].toLowerCase()}.`;
    if (!hasModel) return 'Without a model nobody is scored, so nobody can become likely to be gone. What to run stands above.';
    if (scores !== null && !scores.complete) return 'The customers are being looked at for the first time. Alerts come after that.';
    if (total > 0) return 'Nothing is open: somebody has seen to every alert. The next one shows here at once.';
    return 'No customer has become likely to be gone yet. The first alert shows here at once.';
  }
}
