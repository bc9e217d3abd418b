import { IconPlugConnectedX } from '../icons.js';
import { ageText } from '../format/times.js';
import { newestAt } from '../live/live.state.js';
import { useLive, useNow } from '../live/use-live.js';

/** Says that figures are old while they look as ever: the pill alone is overlooked from across a room. It floats, as a pause does. */
export function LostBar() {
  const isLost = useLive((state) => state.link === 'lost');
  const at = useLive(newestAt);
  return isLost && at !== null ? <Bar at={at} /> : null;
}

function Bar({ at }: { readonly at: number }) {
  const now = useNow(1_000);
  return (
    <section className="float-bar lost" aria-label="Connection" data-testid="lost-bar">
      <IconPlugConnectedX size={16} aria-hidden />
      <p>
        <strong>Connection lost.</strong> The last figures came {ageText(now - at)} ago. The page goes on trying.
      </p>
    </section>
  );
}
