import { MantineProvider } from '@mantine/core';
import { Suspense, useEffect } from 'react';
import { newestAt, pillOf } from '../live/live.state.js';
import type { LiveStore } from '../live/live.store.js';
import { LiveContext, useLive, useLiveStore } from '../live/use-live.js';
import { Overview } from '../overview/overview.js';
import type { Page } from '../view/view.js';
import { fetched } from './fetched.js';
import { Header } from './header.js';
import { LostBar } from './lost-bar.js';
import { PauseBar } from './pause-bar.js';
import { NoShops, ServerAway, SignIn, UnknownShop } from './states.js';
import { theme } from './theme.js';
import { usePauseKey } from './use-pause-key.js';
import { useShops, type Shops } from './use-shops.js';
import { useAddress, ViewContext } from './use-view.js';

// Most who open the page look at the overview only.
const others = {
  marketing: fetched(() => import('../marketing/marketing.js'), ServerAway),
  demand: fetched(() => import('../demand/demand-page.js'), ServerAway),
  model: fetched(() => import('../model/model-page.js'), ServerAway),
} satisfies Record<Exclude<Page, 'overview'>, unknown>;

const titles: Readonly<Record<Page, string>> = { overview: '', marketing: 'Marketing · ', demand: 'Demand · ', model: 'Model · ' };

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
  const address = useAddress();
  const [view, change] = address;
  const isUp = useLive((state) => state.link === 'up');
  const pill = useLive(pillOf);
  const shops = useShops(view.shop, isUp);
  // Somebody who names no shop wants to see what is, not what is played again.
  const ready = shops.list?.filter((each) => each.status === 'ready');
  const first = ready?.find((each) => each.kind === 'live') ?? ready?.[0] ?? shops.list?.[0];
  const shop = view.shop ?? first?.shop ?? null;
  usePauseKey(store);

  useEffect(() => {
    document.title = shop === null ? 'Tideline' : `${titles[view.page]}${shop} · Tideline`;
  }, [shop, view.page]);

  return (
    <ViewContext value={address}>
      <div className="shell">
        <a className="skip" href="#main">
          Skip to the figures
        </a>
        <Header shop={shop} shops={shops.list ?? []} pill={pill} reload={shops.reload} />
        <main id="main" tabIndex={-1}>
          <Content shops={shops} shop={shop} page={view.page} choose={(id) => change({ shop: id })} />
        </main>
        <PauseBar />
        <LostBar />
      </div>
    </ViewContext>
  );
}

interface ContentProps {
  readonly shops: Shops;
  readonly shop: string | null;
  readonly page: Page;
  readonly choose: (shop: string) => void;
}

function Content({ shops, shop, page, choose }: ContentProps) {
  const store = useLiveStore();
  const isRefused = useLive((state) => state.link === 'refused');
  const hasFigures = useLive((state) => newestAt(state) !== null);
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
  if (page === 'overview') return <Overview shop={shop} />;
  const Other = others[page];
  return (
    // A page comes within a blink: a spinner would only flicker.
    <Suspense fallback={null}>
      {/* Nothing of one shop is shown for another: what a page keeps goes with it. */}
      <Other key={shop} shop={shop} />
    </Suspense>
  );
}
