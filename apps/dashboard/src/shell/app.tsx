import { MantineProvider } from '@mantine/core';
import { useEffect, useMemo } from 'react';
import { pillOf } from '../live/live.state.js';
import type { LiveStore } from '../live/live.store.js';
import { LiveContext, useLive, useLiveStore } from '../live/use-live.js';
import { Overview } from '../overview/overview.js';
import { queriesOf } from '../view/queries.js';
import { searchOf } from '../view/view.js';
import { Header } from './header.js';
import { LostBar } from './lost-bar.js';
import { PauseBar } from './pause-bar.js';
import { NoShops, ServerAway, SignIn, UnknownShop } from './states.js';
import { theme } from './theme.js';
import { usePauseKey } from './use-pause-key.js';
import { useShops, type Shops } from './use-shops.js';
import { useView } from './use-view.js';

export function App({ store }: { readonly store: LiveStore }) {
  useEffect(() => store.open(), [store]);
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto">
      <LiveContext value={store}>
        <Shell />
      </LiveContext>
    </MantineProvider>
  );
}

function Shell() {
  const store = useLiveStore();
  const [view, change] = useView();
  const isUp = useLive((state) => state.link === 'up');
  const pill = useLive(pillOf);
  const shops = useShops(view.shop, isUp);
  // Somebody who names no shop wants to see what is, not what is played again.
  const ready = shops.list?.filter((each) => each.status === 'ready');
  const first = ready?.find((each) => each.kind === 'live') ?? ready?.[0] ?? shops.list?.[0];
  const shop = view.shop ?? first?.shop ?? null;
  const search = searchOf({ ...view, shop });
  const queries = useMemo(() => queriesOf(view), [view]);
  usePauseKey(store);

  useEffect(() => {
    if (shop !== null) store.dispatch({ type: 'asked', shop, queries });
    // `search` is the text of all that `shop` and `queries` hold.
  }, [store, search]);

  useEffect(() => {
    document.title = shop === null ? 'Tideline' : `${shop} · Tideline`;
  }, [shop]);

  return (
    <div className="shell">
      <a className="skip" href="#main">
        Skip to the figures
      </a>
      <Header view={view} shop={shop} shops={shops.list ?? []} change={change} pill={pill} />
      <main id="main" tabIndex={-1}>
        <Content shops={shops} shop={shop} choose={(id) => change({ shop: id })} />
      </main>
      <PauseBar />
      <LostBar />
    </div>
  );
}

interface ContentProps {
  readonly shops: Shops;
  readonly shop: string | null;
  readonly choose: (shop: string) => void;
}

function Content({ shops, shop, choose }: ContentProps) {
  const store = useLiveStore();
  const isRefused = useLive((state) => state.link === 'refused');
  const hasFigures = useLive((state) => state.rooms.headline.shown !== null);
  if (shops.signIn) {
    return (
      <SignIn
        signedIn={() => {
          shops.reload();
          store.retry();
        }}
      />
    );
  }
  if (shops.list?.length === 0) return <NoShops />;
  if (shops.list && shop !== null && !shops.list.some((each) => each.shop === shop)) {
    return <UnknownShop shop={shop} shops={shops.list} choose={choose} />;
  }
  if (shops.trouble && !hasFigures) return <ServerAway trouble={shops.trouble} />;
  if (isRefused && !hasFigures) {
    const detail = 'The server takes no live connection from this page: it may have been opened under another address than its own.';
    return <ServerAway trouble={{ code: 'connection-refused', detail }} />;
  }
  return <Overview />;
}
