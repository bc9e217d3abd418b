import type { ShopAnswer } from '#contracts';
import { Button, PasswordInput } from '@mantine/core';
import { IconBuildingStore, IconKey, IconMapPinOff, IconPlugConnectedX, type Icon } from '../icons.js';
import { useState, type ReactNode } from 'react';
import { z } from 'zod';
import { ask, RequestError } from '../live/http.js';
import type { Trouble } from '../live/live.state.js';

interface NoticeProps {
  readonly icon: Icon;
  readonly title: string;
  readonly testid: string;
  readonly children: ReactNode;
}

/** A page that has no figures to show: what is so, and what to do. */
function Notice({ icon: Shape, title, testid, children }: NoticeProps) {
  return (
    <section className="notice" data-testid={testid}>
      <Shape size={32} stroke={1.5} aria-hidden />
      <h1>{title}</h1>
      {children}
    </section>
  );
}

export function NoShops() {
  return (
    <Notice icon={IconBuildingStore} title="No shop yet" testid="no-shops">
      <p>A shop comes with its first events. Import one from a file:</p>
      <pre>npm run -s cli -- import --shop my-shop --mapping my-shop.yaml orders.csv</pre>
      <p>This page opens it by itself.</p>
    </Notice>
  );
}

export function UnknownShop(props: {
  readonly shop: string;
  readonly shops: readonly ShopAnswer[];
  readonly choose: (shop: string) => void;
}) {
  return (
    <Notice icon={IconMapPinOff} title={`There is no shop “${props.shop}”`} testid="unknown-shop">
      <p>The address names a shop that this server does not have. Choose one that it has:</p>
      <ul className="choices">
        {props.shops.map(({ shop }) => (
          <li key={shop}>
            <Button variant="default" onClick={() => props.choose(shop)}>
              {shop}
            </Button>
          </li>
        ))}
      </ul>
    </Notice>
  );
}

export function ServerAway({ trouble }: { readonly trouble: Trouble }) {
  return (
    <Notice icon={IconPlugConnectedX} title="No figures from the server" testid="server-away">
      <p>{trouble.detail}</p>
      <p className="code">{trouble.code}</p>
    </Notice>
  );
}

/** Exchanges a token for a session cookie, which the live connection carries too. */
export function SignIn({ signedIn }: { readonly signedIn: () => void }) {
  const [token, setToken] = useState('');
  const [error, setError] = useState<string | null>(null);
  const send = async (): Promise<void> => {
    try {
      await ask('/api/v1/session', z.unknown(), {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ token }),
      });
      signedIn();
    } catch (failure) {
      if (!(failure instanceof RequestError)) throw failure;
      setError(failure.trouble.detail);
    }
  };
  return (
    <Notice icon={IconKey} title="Sign in" testid="sign-in">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        <PasswordInput
          label="Access token"
          autoComplete="current-password"
          value={token}
          error={error}
          onChange={(event) => setToken(event.currentTarget.value)}
        />
        <Button className="filled" type="submit" disabled={token === ''}>
          Sign in
        </Button>
      </form>
    </Notice>
  );
}
