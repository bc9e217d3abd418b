import type { Campaign, Customer, Product } from '#contracts';
import { micros, storedInstant, storedMoney, type DimensionRows, type Oracle } from '../oracle/index.js';
import type { Cell, Cells, ExpectedTable } from './expected-table.js';

/** Dimensions with their placeholders. */
export function expectedDimensions({ dimensions: { customers, products, campaigns, geography } }: Oracle): ExpectedTable[] {
  const instant = (text: string | null | undefined): Cell => (text ? storedInstant(Date.parse(text)) : null);
  const money = (text: string | null | undefined): Cell => (text ? storedMoney(micros(text)) : null);
  return [
    dimensionTable('dim_customers', 'customer_id', customers, (customer: Partial<Customer>, id) => ({
      customer_key: id,
      registered_at: instant(customer.registeredAt),
      name: customer.name ?? '',
      email: customer.email ?? '',
      country: customer.country ?? '',
      region: customer.region ?? '',
      city: customer.city ?? '',
      acquisition_channel: customer.acquisitionChannel ?? '',
      consent: customer.consent == null ? null : String(customer.consent),
    })),
    dimensionTable('dim_products', 'product_id', products, (product: Partial<Product>) => ({
      sku: product.sku ?? '',
      name: product.name ?? '',
      category: product.category ?? '',
      subcategory: product.subcategory ?? '',
      brand: product.brand ?? '',
      cost: money(product.cost),
      price: money(product.price),
    })),
    dimensionTable('dim_campaigns', 'campaign_id', campaigns, (campaign: Partial<Campaign>) => ({
      status: campaign.status ?? '',
      name: campaign.name ?? '',
      kind: campaign.kind ?? '',
      channel: campaign.channel ?? '',
      budget: money(campaign.budget),
      starts_at: instant(campaign.startsAt),
      ends_at: instant(campaign.endsAt),
      target_segment: campaign.targetSegment ?? '',
    })),
    {
      table: 'dim_geography',
      part: {},
      key: ['country', 'region', 'city'],
      columns: [],
      rows: () => [...geography.rows.keys()].map(placeCells),
      mayExist: () => [...geography.mayExist].map(placeCells),
    },
  ];
}

function placeCells(key: string): Cells {
  const [country, region, city] = JSON.parse(key) as [string, string, string];
  return { country, region, city };
}

function dimensionTable<T extends object>(
  table: string,
  idColumn: string,
  dimension: DimensionRows<T>,
  cellsOf: (entity: Partial<T>, id: string) => Cells,
): ExpectedTable {
  const placeholder = (id: string): Cells => ({ [idColumn]: id, ...cellsOf({}, id), placeholder: '1' });
  return {
    table,
    part: {},
    key: [idColumn],
    columns: [...Object.keys(cellsOf({}, '')), 'placeholder'],
    *rows() {
      for (const [id, entity] of dimension.rows)
        yield entity ? { [idColumn]: id, ...cellsOf(entity, id), placeholder: '0' } : placeholder(id);
    },
    mayExist: () => [...dimension.mayExist].map(placeholder),
  };
}
