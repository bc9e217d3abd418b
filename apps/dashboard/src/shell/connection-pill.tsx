import {
  IconClockExclamation,
  IconPlayerPauseFilled,
  IconPlugConnected,
  IconPlugConnectedX,
  IconPointFilled,
  IconRefresh,
  type Icon,
} from '../icons.js';
import type { Pill } from '../live/live.state.js';

/** Each state has a shape and a word of its own: colour only repeats them. */
const looks: Readonly<Record<Pill, { readonly icon: Icon; readonly word: string; readonly tone: string; readonly title: string }>> = {
  connecting: { icon: IconPlugConnected, word: 'Connecting', tone: 'plain', title: 'The live connection is being opened.' },
  live: { icon: IconPointFilled, word: 'Live', tone: 'good', title: 'The figures are the newest there are.' },
  paused: { icon: IconPlayerPauseFilled, word: 'Paused', tone: 'plain', title: 'The figures stand still until you resume.' },
  reconnecting: {
    icon: IconRefresh,
    word: 'Reconnecting',
    tone: 'bad',
    title: 'The connection is lost: the figures are the last ones that came. It is being opened again.',
  },
  behind: {
    icon: IconClockExclamation,
    word: 'Behind',
    tone: 'warn',
    title:
      'The figures lag more than five seconds behind the events, a history is still coming in, Kafka does not answer, a panel cannot be read, or missed snapshots are being fetched.',
  },
  refused: { icon: IconPlugConnectedX, word: 'Refused', tone: 'bad', title: 'The server takes no live connection from this page.' },
};

export function ConnectionPill({ pill }: { readonly pill: Pill }) {
  const { icon: Shape, word, tone, title } = looks[pill];
  return (
    <span className="pill" role="status" data-testid="pill" data-state={pill} data-tone={tone} title={title}>
      <Shape size={14} aria-hidden />
      {word}
    </span>
  );
}
