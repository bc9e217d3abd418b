import type { DemandAnswer, ReorderAnswer } from '#contracts';
import { Button, Skeleton } from '@mantine/core';
import { useMemo, useState, type ReactNode } from 'react';
import { countText, noFigure } from '../format/figures.js';
import { instantText } from '../format/times.js';
import { IconInfoCircle } from '../icons.js';
import type { Trouble } from '../live/live.state.js';
import { Panel } from '../shell/region.js';
import { Remark } from '../shell/remark.js';
import { ViewLink } from '../shell/view-link.js';
import type { View } from '../view/view.js';
import { SeriesTable } from './series-table.js';

type Order = ReorderAnswer['products'][number];

interface Props {
  /** Null while it is on its way. */
  readonly answer: DemandAnswer | null;
  readonly trouble: Trouble | null;
  readonly orders: ReorderAnswer | null;
  readonly chosen: View['series'];
  readonly short: boolean;
  readonly aside: ReactNode;
}

/** So many products at first, and so many more with each ask: a shop has thousands. */
const step = 50;

/** The panel of products: the forecast of each, and what to order. */
export function Products({ answer, trouble, orders, chosen, short, aside }: Props) {
  const [limit, setLimit] = useState(step);
  const byProduct = useMemo(() => new Map(orders?.products.map((each) => [each.productId, each])), [orders]);
  const all = answer?.series ?? [];
  const toOrder = all.filter(({ key }) => (byProduct.get(key)?.orderQuantity ?? 0) > 0);
  const rows = short ? toOrder : all;
  return (
    <Panel name="product" title="By product" aside={aside} trouble={trouble}>
      {answer === null && trouble === null && <Skeleton height={240} aria-hidden />}
      {answer !== null && (
        <ul className="states choose" aria-label="Products">
          {[
            { name: 'All', to: false, count: all.length },
            { name: 'To order now', to: true, count: toOrder.length },
          ].map(({ name, to, count }) => (
            <li key={name}>
              <ViewLink to={{ short: to }} aria-current={short === to ? 'true' : undefined} data-testid={to ? 'short' : 'all'}>
                <span>{name}</span>
                <strong>{countText(count)}</strong>
              </ViewLink>
            </li>
          ))}
        </ul>
      )}
      {short && answer !== null && rows.length === 0 && <p className="empty">Nothing to order of what was counted.</p>}
      {rows.length > 0 && (
        <SeriesTable
          level="product"
          label="By product"
          series={rows.slice(0, limit)}
          chosen={chosen}
          heads={
            <>
              <th scope="col" className="of-order">
                Stock
              </th>
              <th scope="col">Order at</th>
              <th scope="col">Order up to</th>
              <th scope="col">Order now</th>
            </>
          }
          cells={({ key }) => <OrderCells order={byProduct.get(key)} />}
        />
      )}
      {rows.length > limit && (
        <p className="more">
          The first {countText(limit)} of {countText(rows.length)}.
          <Button size="compact-sm" variant="default" onClick={() => setLimit(limit + step)}>
            Show more
          </Button>
        </p>
      )}
      <p className="note">
        Order at: what the lead time takes with the chance of the service level; at or below it, order now fills up to what lead time and
        review together take. Stock is the newest count less what was sold since; {noFigure} where nobody counted.
      </p>
      {orders && <OrderNote orders={orders} />}
    </Panel>
  );
}

function OrderCells({ order }: { readonly order: Order | undefined }) {
  const text = (units: number | null | undefined): string => (units === null || units === undefined ? noFigure : countText(units));
  const counted = order?.countedAt ? `counted ${instantText(order.countedAt, 'UTC')} UTC` : undefined;
  return (
    <>
      <td className="of-order" title={counted} data-testid="stock">
        {text(order?.stock)}
      </td>
      <td>{text(order?.reorderPoint)}</td>
      <td>{text(order?.orderUpTo)}</td>
      <td data-testid="order-now">{order?.orderQuantity ? <strong>{text(order.orderQuantity)}</strong> : text(order?.orderQuantity)}</td>
    </>
  );
}

/** At what time the stock is said; or that nobody ever counted. */
function OrderNote({ orders: { asOf, products } }: { readonly orders: ReorderAnswer }) {
  if (products.length > 0 && products.every(({ stock }) => stock === null)) {
    return (
      <Remark icon={IconInfoCircle} testid="not-counted">
        Nobody counted any stock, so how much to order is not known. A count is an event, <code>tideline.product.stock-counted.v1</code>, or
        a file to import.
      </Remark>
    );
  }
  return <p className="freshness">{asOf === null ? 'no shop time yet' : `stock as of ${instantText(asOf, 'UTC')} UTC`}</p>;
}
