import {
  conventions,
  micros,
  storedBucket,
  storedInstant,
  storedMoney,
  type Attributes,
  type Oracle,
  type Refund,
  type Sale,
} from '../oracle/index.js';
import type { Cells, ExpectedTable } from './expected-table.js';

/** Facts: the book, line by line. */
export function expectedFacts(oracle: Oracle): ExpectedTable[] {
  const { book, time } = oracle;
  const attributeColumns = ['payment_method', 'channel', 'country', 'region', 'city', 'campaign_id'];
  return [
    {
      table: 'fact_sales',
      part: {},
      key: ['slice', 'order_id', 'line'],
      columns: [
        'order_time',
        'customer_key',
        'product_id',
        'quantity',
        'unit_price',
        'gross',
        'discount',
        'order_discount',
        'shipping',
        'tax',
        'unit_cost',
        'returned',
        ...attributeColumns,
      ],
      *rows() {
        for (const sale of book.sales) {
          for (const line of sale.lines) {
            // Order-level amounts stand on the line with the lowest number, so that they count once.
            const once = (amount: bigint): string => storedMoney(line.line === lowestLine(sale) ? amount : 0n);
            yield {
              slice: storedBucket(time.bucketStart('slice', sale.at)),
              order_id: sale.orderId,
              line: String(line.line),
              order_time: storedInstant(sale.at),
              customer_key: sale.customer,
              product_id: line.product,
              quantity: String(line.quantity),
              unit_price: storedMoney(line.unitPrice),
              gross: storedMoney(line.gross),
              discount: storedMoney(line.discount),
              order_discount: once(sale.orderDiscount),
              shipping: once(sale.shipping),
              tax: once(sale.tax),
              unit_cost: line.unitCost === null ? null : storedMoney(line.unitCost),
              returned: sale.returned ? '1' : '0',
              ...attributeCells(sale.attributes),
            };
          }
        }
      },
    },
    {
      table: 'fact_returns',
      part: {},
      key: ['convention', 'slice', 'return_id', 'line'],
      columns: [
        'refund_time',
        'order_id',
        'order_known',
        'customer_key',
        'product_id',
        'quantity',
        'amount',
        'reason',
        ...attributeColumns,
      ],
      *rows() {
        for (const refund of book.refunds) {
          for (const convention of conventions) {
            yield {
              convention,
              slice: storedBucket(time.bucketStart('slice', refund.at[convention])),
              ...refundCells(refund),
              order_known: refund.orderKnown ? '1' : '0',
              order_id: refund.orderId,
              ...attributeCells(refund.attributes),
            };
          }
        }
      },
    },
    {
      table: 'fact_returns_left_out',
      part: {},
      key: ['return_id'],
      columns: ['order_id', 'amount', 'reason'],
      *rows() {
        for (const { returnId, orderId, amount } of book.leftOut) {
          yield { return_id: returnId, order_id: orderId, amount: storedMoney(amount), reason: 'order cancelled' };
        }
      },
    },
    {
      table: 'facts_by_customer',
      part: {},
      key: ['month', 'customer_key', 'kind', 'document_id', 'line'],
      columns: ['at', 'product_id', 'quantity', 'gross', 'discount', 'refund'],
      *rows() {
        for (const sale of book.sales) {
          if (sale.customer === '') continue;
          for (const line of sale.lines) {
            yield {
              month: time.monthOf(sale.at),
              customer_key: sale.customer,
              kind: 'sale',
              document_id: sale.orderId,
              line: String(line.line),
              at: storedInstant(sale.at),
              product_id: line.product,
              quantity: String(line.quantity),
              gross: storedMoney(line.gross),
              discount: storedMoney(line.discount + (line.line === lowestLine(sale) ? sale.orderDiscount : 0n)),
              refund: '0',
            };
          }
        }
        for (const refund of book.refunds) {
          if (refund.customer === '') continue;
          yield {
            month: time.monthOf(refund.at['refund-date']),
            customer_key: refund.customer,
            kind: 'return',
            document_id: refund.returnId,
            line: String(refund.line),
            at: storedInstant(refund.at['refund-date']),
            product_id: refund.product,
            quantity: String(refund.quantity),
            gross: '0',
            discount: '0',
            refund: storedMoney(refund.amount),
          };
        }
      },
    },
    {
      table: 'fact_campaign_days',
      part: {},
      key: ['date', 'campaign_id'],
      columns: ['spend', 'impressions', 'clicks'],
      *rows() {
        for (const day of oracle.reportedDays.values()) {
          yield {
            date: day.date,
            campaign_id: day.campaignId,
            spend: storedMoney(micros(day.spend)),
            impressions: String(day.impressions),
            clicks: String(day.clicks),
          };
        }
      },
    },
    {
      table: 'fact_stock_counts',
      part: {},
      key: ['product_id', 'counted_at'],
      columns: ['units'],
      *rows() {
        for (const { productId, countedAt, units } of oracle.stockCounts.values()) {
          if (units !== null) yield { product_id: productId, counted_at: storedInstant(Date.parse(countedAt)), units: String(units) };
        }
      },
    },
  ];
}

function lowestLine(sale: Sale): number {
  return sale.lines.reduce((lowest, { line }) => Math.min(lowest, line), Infinity);
}

function refundCells(refund: Refund): Cells {
  return {
    return_id: refund.returnId,
    line: String(refund.line),
    refund_time: storedInstant(refund.at['refund-date']),
    customer_key: refund.customer,
    product_id: refund.product,
    quantity: String(refund.quantity),
    amount: storedMoney(refund.amount),
    reason: refund.reason,
  };
}

function attributeCells(attributes: Attributes): Cells {
  const { payment, channel, country, region, city, campaign } = attributes;
  return { payment_method: payment, channel, country, region, city, campaign_id: campaign };
}
