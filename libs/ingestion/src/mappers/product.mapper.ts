import type { Product, StockCount } from '#contracts';
import { columnInstant, type Mapped } from './ledger-mapper.js';

/** A product's state -> `ledger_products`, the columns of a count left empty. */
export function mapProduct(product: Product): Mapped {
  return {
    subject: product.productId,
    entityId: product.productId,
    revision: product.revision,
    happenedAt: [],
    currency: product.currency,
    duplicateLine: undefined,
    values: [
      product.productId,
      product.sku ?? '',
      product.name ?? '',
      product.category ?? '',
      product.subcategory ?? '',
      product.brand ?? '',
      product.cost ?? null,
      product.price ?? null,
      0,
      columnInstant('1970-01-01T00:00:00.000Z'),
      null,
    ],
  };
}

/** What lay in stock of a product -> `ledger_products`; product and instant are the entity. */
export function mapStockCount({ productId, countedAt, revision, units }: StockCount): Mapped {
  const subject = `${productId}/${countedAt}`;
  return {
    subject,
    entityId: `s:${subject}`,
    revision,
    happenedAt: [countedAt],
    currency: undefined,
    duplicateLine: undefined,
    values: [productId, '', '', '', '', '', null, null, 1, columnInstant(countedAt), units],
  };
}
