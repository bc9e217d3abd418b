import type { FeedItem } from '#contracts';
import { Skeleton } from '@mantine/core';
import { IconArrowBackUp, IconBan, IconPencil, IconReceiptRefund, IconShoppingBag, type Icon } from '../icons.js';
import { memo, useState } from 'react';
import { exactMoneyText, moneyText } from '../format/figures.js';
import { feedTimeText, instantText, zoneText } from '../format/times.js';
import { shownOf } from '../live/live.state.js';
import { useLive } from '../live/use-live.js';
import { Region } from '../shell/region.js';

const kinds: Readonly<Record<FeedItem['kind'], { readonly word: string; readonly icon: Icon }>> = {
  order: { word: 'Order', icon: IconShoppingBag },
  correction: { word: 'Correction', icon: IconPencil },
  cancellation: { word: 'Cancelled', icon: IconBan },
  refund: { word: 'Refund', icon: IconReceiptRefund },
  'return-request': { word: 'Return asked', icon: IconArrowBackUp },
};

/** So many lines may come at once and each be seen to arrive. */
const eachIsSeen = 5;

/**
 * Whether lines come faster than an eye follows. Then they take the place of one another: to build each anew and let it light up would
 * cost a fifth of a core and show nothing.
 */
function useRush(items: readonly FeedItem[]): boolean {
  const [seen, setSeen] = useState({ items, rush: false });
  if (seen.items !== items) {
    const known = new Set(seen.items.map(({ id }) => id));
    setSeen({ items, rush: seen.items.length > 0 && items.filter(({ id }) => !known.has(id)).length > eachIsSeen });
  }
  return seen.rush;
}

const none: readonly FeedItem[] = [];

/** Orders and returns as they arrive. The list has a height of its own, so that nothing moves when it grows. */
export function Feed() {
  const snapshot = useLive((state) => shownOf(state, 'feed'));
  const zone = snapshot?.data.timeZone;
  const rush = useRush(snapshot?.data.items ?? none);
  return (
    <Region room="feed" title="Live feed" className="feed" aside={zone && <span className="code">times in {zoneText(zone)}</span>}>
      {/* A region that scrolls has to be reachable by keyboard. */}
      <div className="feed-scroll" tabIndex={0} role="group" aria-label="Newest orders and returns">
        {!snapshot && Array.from({ length: 8 }, (_, row) => <Skeleton key={row} height={32} mb={8} aria-hidden />)}
        {snapshot?.data.items.length === 0 && <p className="empty">No order or return has come yet. New ones show here at once.</p>}
        <ol data-testid="feed">
          {snapshot?.data.items.map((item, place) => (
            <Line
              key={rush ? place : item.id}
              item={item}
              now={dayOf(snapshot.asOf)}
              zone={snapshot.data.timeZone}
              currency={snapshot.data.currency}
            />
          ))}
        </ol>
      </div>
    </Region>
  );
}

/** The hour of the shop's now: a line draws anew when that moves, not with every snapshot. */
function dayOf(asOf: string | null): string | null {
  return asOf === null ? null : `${asOf.slice(0, 13)}:00:00Z`;
}

interface LineProps {
  readonly item: FeedItem;
  readonly now: string | null;
  readonly zone: string;
  readonly currency: string;
}

// Compared by what is in it: each snapshot brings new objects for the same lines.
const Line = memo(FeedLine, (a, b) => a.item.id === b.item.id && a.now === b.now && a.zone === b.zone && a.currency === b.currency);

function FeedLine({ item, now, zone, currency }: LineProps) {
  const { word, icon: Shape } = kinds[item.kind];
  return (
    <li data-testid="feed-item" data-id={item.id} data-kind={item.kind}>
      <time dateTime={item.time} title={instantText(item.time, zone)}>
        {feedTimeText(item.time, zone, now)}
      </time>
      <span className="kind">
        <Shape size={14} aria-hidden />
        {word}
      </span>
      <span className="entity" title={item.customer === null ? `${item.entity}, guest` : `${item.entity}, customer ${item.customer}`}>
        {item.entity}
      </span>
      <span className="country">{item.country ?? ''}</span>
      <span className="amount" title={`${exactMoneyText(item.amount, currency)}, ${item.units} units`}>
        {item.kind === 'refund' && !item.amount.startsWith('-') ? '−' : ''}
        {moneyText(item.amount, currency)}
      </span>
    </li>
  );
}
