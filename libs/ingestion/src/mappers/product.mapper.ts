import type { Product } from '#contracts';
import type { Mapped } from './ledger-mapper.js';

/** A product's state -> `ledger_products`. */
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
    ],
  };
}
