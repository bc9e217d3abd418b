import type { ChurnManifest, ModelAnswer } from '#contracts';
import { modelPath } from '../data/paths.js';
import { countText, measureText } from '../format/figures.js';
import { bucketText, instantText } from '../format/times.js';
import { IconAlertTriangle, IconCircleCheck, IconCircleDashed } from '../icons.js';
import { Fact } from '../shell/fact.js';
import { Panel } from '../shell/region.js';
import { nameOf, type ChurnModels, type Report } from './report.js';

interface Props {
  readonly model: ModelAnswer;
  readonly manifest: ChurnManifest;
  readonly churn: ChurnModels;
  readonly report: Report;
}

/** What this version is, and how far the level of its probabilities can be trusted. */
export function VersionPanel({ model, manifest, churn, report }: Props) {
  const { version, addedAt, addedBy, figures, trainedOn } = model;
  const { training, choice } = manifest;
  const role =
    churn.active === version ? 'active: its scores count' : churn.shadow === version ? 'shadow: nothing follows' : 'none in this shop';
  const newest = report.tests[0];
  const measured = newest?.populations['all']?.models?.[newest.chosen];
  return (
    <Panel name="version" title="Version" className="wide">
      <Level manifest={manifest} />
      <dl className="facts">
        <Fact name="Version" note={`added ${instantText(addedAt, 'UTC')} by ${addedBy}`}>
          <span data-testid="version">{version}</span>
        </Fact>
        <Fact name="Role">{role}</Fact>
        <Fact name="Model" note={`least validation log loss of ${countText(Object.keys(choice.logLoss).length)} candidates`}>
          {nameOf(manifest.model)}
        </Fact>
        <Fact name="Trained on" note={`${countText(training.rows)} rows at ${countText(training.cutOffs.length)} cut-offs`}>
          {trainedOn}
        </Fact>
        <Fact name="Training window" note={`knows events until ${instantText(training.asOf, 'UTC')}`}>
          {`${bucketText(training.from, 'UTC', 'day')} – ${bucketText(training.to, 'UTC', 'day')}`}
        </Fact>
        <Fact name="AUC, all customers" note={intervalNote(newest?.intervals?.auc)}>
          {measureText(measured?.auc)}
        </Fact>
        <Fact name="Log loss" note={intervalNote(newest?.intervals?.logLoss)}>
          {measureText(measured?.log_loss)}
        </Fact>
        <Fact name="Calibration error (ECE)" note="distance of said and happened, by decile">
          {measureText(measured?.ece)}
        </Fact>
        <Fact name="Labels dealt at random" note="AUC; 0.500 is wanted: else the test leaks">
          {measureText(report.permutedAuc)}
        </Fact>
      </dl>
      {figures.length > 0 && (
        <p className="links">
          Figures of the card:{' '}
          {figures.map((name) => (
            <a key={name} href={modelPath(version, `/figures/${name}`)} target="_blank" rel="noreferrer">
              {name.replace(/\.svg$/, '').replaceAll('-', ' ')}
            </a>
          ))}
        </p>
      )}
    </Panel>
  );
}

const levels = {
  set: { icon: IconCircleCheck, tone: 'good', title: 'Level set' },
  'as-learnt': { icon: IconCircleDashed, tone: 'warn', title: 'Level as learnt' },
  uncertain: { icon: IconAlertTriangle, tone: 'warn', title: 'Level uncertain' },
} as const;

/** The order of customers may be right while all probabilities are some points too high or low: that is said, not hidden. */
function Level({ manifest }: Pick<Props, 'manifest'>) {
  const { level, words } = manifest.calibration;
  const { icon: Shape, tone, title } = levels[level];
  return (
    <p className="level" data-testid="level" data-level={level} data-tone={tone}>
      <Shape size={16} aria-hidden />
      <span>
        <strong>{title}.</strong> {sentence(words)}
        {level === 'uncertain' && ' All probabilities may be off by several points together; who is above whom is not touched by that.'}
      </span>
    </p>
  );
}

/** What comes after `level uncertain: ` as a sentence of its own. */
function sentence(words: string): string {
  const rest = words.replace(/^level (uncertain|as learnt|set)(: | )/, '');
  return `${rest.charAt(0).toUpperCase()}${rest.slice(1)}${rest.endsWith('.') ? '' : '.'}`;
}

function intervalNote(interval: readonly [number, number] | undefined): string | undefined {
  return interval && `95%: ${measureText(interval[0])} to ${measureText(interval[1])}`;
}
