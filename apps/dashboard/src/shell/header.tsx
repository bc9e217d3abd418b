import type { ShopAnswer } from '#contracts';
import { ActionIcon, NativeSelect } from '@mantine/core';
import { IconPlayerPause, IconPlayerPlay } from '../icons.js';
import type { Pill } from '../live/live.state.js';
import { useLive, useLiveStore } from '../live/use-live.js';
import { ConnectionPill } from './connection-pill.js';
import { PageNav } from './page-nav.js';
import { PeriodControl } from './period-control.js';
import { ThemeToggle } from './theme-toggle.js';
import { useView } from './use-view.js';

interface Props {
  readonly shop: string | null;
  readonly shops: readonly ShopAnswer[];
  readonly pill: Pill;
  /** Asks for the shops anew: there may be others by now. */
  readonly reload: () => void;
}

export function Header({ shop, shops, pill, reload }: Props) {
  const [view, change] = useView();
  const store = useLiveStore();
  const paused = useLive((state) => state.paused);
  const options = shops.map((each) => {
    const notes = [...(each.kind === 'sandbox' ? ['sandbox'] : []), ...(each.status === 'ready' ? [] : ['preparing'])];
    return { value: each.shop, label: notes.length === 0 ? each.shop : `${each.shop} (${notes.join(', ')})` };
  });
  // A shop that is not in the list yet still shows what the address says.
  if (shop !== null && !shops.some((each) => each.shop === shop)) options.unshift({ value: shop, label: shop });
  return (
    <header className="header">
      <div className="brand">
        <img src="/icon.svg" alt="" width={24} height={24} />
        <span>Tideline</span>
      </div>
      <PageNav />
      <div className="controls">
        <NativeSelect
          className="shop-switch"
          size="sm"
          aria-label="Shop"
          data-testid="shop"
          value={shop ?? ''}
          data={options.length === 0 ? [{ value: '', label: 'No shop' }] : options}
          disabled={options.length === 0}
          // A switch that keeps the focus is opened by the pointer alone.
          onFocus={reload}
          onPointerDown={reload}
          // An alert is one shop's.
          onChange={(event) => change({ shop: event.currentTarget.value, alert: null, rule: null, version: null })}
        />
        {view.page === 'overview' && <PeriodControl view={view} change={change} />}
      </div>
      <div className="status">
        <ConnectionPill pill={pill} />
        <ActionIcon
          variant="default"
          size={32}
          data-testid="pause"
          aria-pressed={paused}
          aria-label="Pause"
          aria-keyshortcuts="Space"
          title={paused ? 'Resume (Space)' : 'Pause (Space)'}
          onClick={() => store.dispatch({ type: paused ? 'resumed' : 'paused' })}
        >
          {paused ? <IconPlayerPlay size={16} aria-hidden /> : <IconPlayerPause size={16} aria-hidden />}
        </ActionIcon>
        <ThemeToggle />
      </div>
    </header>
  );
}
