import {
  dimensions,
  grainsOf,
  storedBucket,
  storedInstant,
  storedMoney,
  type CustomerFigures,
  type KpiRow,
  type Oracle,
} from '../oracle/index.js';
import { idSet, type Cells, type ExpectedTable } from './expected-table.js';

const kpiColumns = ['gross', 'discounts', 'returns', 'returns_by_order_date', 'orders', 'returned_orders', 'units', 'buyers'];

/** The KPI table, by grain and dimension. */
export function expectedKpis(oracle: Oracle): ExpectedTable[] {
  return dimensions.flatMap((dimension) =>
    grainsOf(dimension).map((grain) => ({
      table: 'agg_kpi',
      part: { grain, dimension },
      key: ['bucket', 'member'],
      columns: kpiColumns,
      *rows() {
        for (const row of oracle.kpi.rows(grain, dimension)) yield { member: row.member, ...kpiCells(row) };
      },
    })),
  );
}

/** The headline, by grain. */
export function expectedHeadline(oracle: Oracle): ExpectedTable[] {
  return grainsOf('all').map((grain) => ({
    table: 'agg_headline',
    part: { grain },
    key: ['bucket'],
    columns: kpiColumns,
    *rows() {
      for (const row of oracle.kpi.rows(grain, 'all')) yield kpiCells(row);
    },
  }));
}

function kpiCells(row: KpiRow): Cells {
  return {
    bucket: storedBucket(row.bucket),
    gross: storedMoney(row.gross),
    discounts: storedMoney(row.discounts),
    returns: storedMoney(row.returns),
    returns_by_order_date: storedMoney(row.returnsByOrderDate),
    orders: String(row.orders),
    returned_orders: String(row.returnedOrders),
    units: String(row.units),
    buyers: idSet(row.buyers),
  };
}

/** Customers and campaign days. */
export function expectedSums(oracle: Oracle): ExpectedTable[] {
  const customerColumns = ['orders', 'units', 'gross', 'discounts', 'returns', 'first_order', 'last_order'];
  return [
    {
      table: 'agg_customer',
      part: {},
      key: ['customer_key'],
      columns: customerColumns,
      *rows() {
        for (const [customer, figures] of oracle.customers) yield { customer_key: customer, ...customerCells(figures) };
      },
    },
    {
      table: 'agg_customer_month',
      part: {},
      key: ['customer_key', 'month'],
      columns: customerColumns,
      *rows() {
        for (const [customer, months] of oracle.customerMonths) {
          for (const [month, figures] of months) yield { customer_key: customer, month, ...customerCells(figures) };
        }
      },
    },
    {
      table: 'agg_campaign_day',
      part: {},
      key: ['campaign_id', 'date'],
      columns: ['spend', 'impressions', 'clicks', 'orders', 'units', 'gross', 'discounts', 'returns', 'returns_by_order_date'],
      *rows() {
        for (const day of oracle.campaignDays) {
          yield {
            campaign_id: day.campaign,
            date: day.date,
            spend: storedMoney(day.spend),
            impressions: String(day.impressions),
            clicks: String(day.clicks),
            orders: String(day.orders),
            units: String(day.units),
            gross: storedMoney(day.gross),
            discounts: storedMoney(day.discounts),
            returns: storedMoney(day.returns),
            returns_by_order_date: storedMoney(day.returnsByOrderDate),
          };
        }
      },
    },
  ];
}

function customerCells(figures: CustomerFigures): Cells {
  return {
    orders: String(figures.orders),
    units: String(figures.units),
    gross: storedMoney(figures.gross),
    discounts: storedMoney(figures.discounts),
    returns: storedMoney(figures.returns),
    first_order: figures.firstOrder === null ? null : storedInstant(figures.firstOrder),
    last_order: figures.lastOrder === null ? null : storedInstant(figures.lastOrder),
  };
}

/** The refreshable views, as of the shop's clock. */
export function expectedViews(oracle: Oracle): ExpectedTable[] {
  const asOf = oracle.clock === null ? null : storedInstant(oracle.clock);
  return [
    {
      table: 'mv_rfm_scores',
      part: {},
      key: ['customer_id'],
      columns: ['customer_key', 'recency', 'frequency', 'monetary', 'r', 'f', 'm', 'score', 'segment', 'as_of'],
      *rows() {
        for (const { customer, recency, frequency, monetary, r, f, m, score, segment } of oracle.rfm) {
          const numbers = { recency, frequency, r, f, m, score };
          const cells = Object.fromEntries(Object.entries(numbers).map(([name, number]) => [name, String(number)]));
          yield { customer_id: customer, customer_key: customer, ...cells, monetary: storedMoney(monetary), segment, as_of: asOf };
        }
      },
    },
    {
      table: 'mv_cohort_retention',
      part: {},
      key: ['cohort', 'age'],
      columns: ['customers', 'active', 'orders', 'net_sales', 'complete', 'as_of'],
      *rows() {
        for (const cell of oracle.cohorts) {
          yield {
            cohort: cell.cohort,
            age: String(cell.age),
            customers: String(cell.customers),
            active: String(cell.active),
            orders: String(cell.orders),
            net_sales: storedMoney(cell.netSales),
            complete: cell.complete ? '1' : '0',
            as_of: asOf,
          };
        }
      },
    },
    {
      table: 'mv_segment_flow',
      part: {},
      key: ['from_segment', 'to_segment'],
      columns: ['customers', 'net_sales', 'as_of'],
      *rows() {
        for (const { from, to, customers, netSales } of oracle.segmentFlow) {
          yield { from_segment: from, to_segment: to, customers: String(customers), net_sales: storedMoney(netSales), as_of: asOf };
        }
      },
    },
  ];
}
