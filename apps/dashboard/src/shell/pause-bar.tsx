import { Button } from '@mantine/core';
import { IconPlayerPlay } from '../icons.js';
import { countText } from '../format/figures.js';
import { waitingOf } from '../live/live.state.js';
import { useLive, useLiveStore } from '../live/use-live.js';

/** What waits behind a pause. It floats, so that nothing on the page moves when it comes. */
export function PauseBar() {
  const store = useLiveStore();
  const paused = useLive((state) => state.paused);
  const snapshots = useLive((state) => waitingOf(state).snapshots);
  const items = useLive((state) => waitingOf(state).items);
  const more = useLive((state) => waitingOf(state).more);
  const noun = useLive((state) => (state.rooms.alerts.query === null ? 'feed item' : 'alert'));
  const hasList = useLive((state) => state.rooms.feed.query !== null || state.rooms.alerts.query !== null);
  const isLost = useLive((state) => state.link === 'lost');
  // A lost connection outranks a pause: the other bar stands here then.
  if (!paused || isLost) return null;
  return (
    <section className="float-bar" aria-label="Pause" data-testid="pause-bar">
      <p>
        <strong>Paused.</strong>{' '}
        <span data-testid="waiting" data-snapshots={snapshots} data-items={items}>
          {snapshots === 0
            ? 'Nothing waits yet.'
            : hasList
              ? `${plural(snapshots, 'snapshot')} and ${more ? 'at least ' : ''}${plural(items, noun)} wait.`
              : `${plural(snapshots, 'snapshot')} ${snapshots === 1 ? 'waits' : 'wait'}.`}
        </span>
      </p>
      <Button
        className="filled"
        size="xs"
        leftSection={<IconPlayerPlay size={14} aria-hidden />}
        onClick={() => store.dispatch({ type: 'resumed' })}
      >
        Resume
      </Button>
    </section>
  );
}

function plural(count: number, noun: string): string {
  return `${countText(count)} ${noun}${count === 1 ? '' : 's'}`;
}
