import type { Campaign, CampaignDay, Customer, Order, Product, Return, StockCount } from '#contracts';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { SimulationError } from '../simulation.errors.js';
import type { World } from '../world/world.js';
import { groundTruth, groundTruthColumns } from './ground-truth.js';

/** Rows of each file that was written. */
export type FilesWritten = Readonly<Record<FileName, number>>;

const headers = {
  'customers.csv': 'customer_id,registered_at,name,email,country,region,city,acquisition_channel,consent',
  'products.csv': 'product_id,listed_at,sku,name,category,subcategory,brand,cost,price',
  'stock_counts.csv': 'product_id,counted_at,units',
  'transactions.csv':
    'order_id,line,ordered_at,customer_id,product_id,quantity,unit_price,discount,unit_cost,payment_method,channel,country,region,city,campaign_id,shipping,tax',
  'returns.csv': 'return_id,line,order_id,order_line,customer_id,product_id,quantity,amount,reason,status,requested_at,refunded_at',
  'marketing_campaigns.csv': 'campaign_id,name,type,channel,budget,status,starts_at,ends_at,date,spend,impressions,clicks',
  'ground_truth.csv': groundTruthColumns.join(','),
} as const;
export type FileName = keyof typeof headers;

const pending = 256 * 1024;

/**
 * Writes the history of a world as CSV, the last state of everything, times in UTC; the mapping `tideline` imports all of
 * them but the ground truth.
 * @throws {SimulationError} `directory-unwritable`
 */
export async function writeCsvFiles(world: World, directory: string): Promise<FilesWritten> {
  try {
    await mkdir(directory, { recursive: true });
    return await writeAll(world, directory);
  } catch (error) {
    if (typeof (error as NodeJS.ErrnoException).syscall !== 'string') throw error;
    throw new SimulationError('directory-unwritable', `${directory} cannot be written: ${(error as Error).message}. Name another --out.`, {
      cause: error,
    });
  }
}

async function writeAll(world: World, directory: string): Promise<FilesWritten> {
  const files = new Map<FileName, CsvFile>();
  try {
    for (const name of Object.keys(headers) as FileName[])
      files.set(name, await CsvFile.create(join(directory, unfinished(name)), headers[name]));
    const file = (name: FileName): CsvFile => files.get(name) as CsvFile;
    const last = await writeFacts(world, file('transactions.csv'), file('stock_counts.csv'));
    for (const customer of last.customers.values()) await file('customers.csv').add(customerRow(customer));
    for (const { product, listedAt } of last.products.values()) await file('products.csv').add(productRow(product, listedAt));
    for (const returned of last.returns.values()) for (const row of returnRows(returned)) await file('returns.csv').add(row);
    for (const day of last.days) await file('marketing_campaigns.csv').add(campaignRow(last.campaigns.get(day.campaignId), day));
    for (const row of groundTruth(world)) await file('ground_truth.csv').add(row);
    for (const each of files.values()) await each.flush();
    for (const each of files.values()) await each.close();
    // Until all are whole those of an earlier run stand: half of one world and half of another would be imported without a word.
    for (const name of files.keys()) await rename(join(directory, unfinished(name)), join(directory, name));
    return Object.fromEntries([...files].map(([name, { rows }]) => [name, rows])) as FilesWritten;
  } catch (error) {
    for (const [name, each] of files) {
      await each.close();
      await rm(join(directory, unfinished(name)), { force: true });
    }
    throw error;
  }
}

function unfinished(name: FileName): string {
  return `${name}.new`;
}

/** Orders and counts are written as they come; of everything else the last state is kept. */
async function writeFacts(world: World, transactions: CsvFile, stockCounts: CsvFile) {
  const customers = new Map<string, Customer>();
  const products = new Map<string, { product: Product; listedAt: string }>();
  const returns = new Map<string, Return>();
  const campaigns = new Map<string, Campaign>();
  const days: CampaignDay[] = [];
  for (const { topic, value } of world.history()) {
    const { type, time, data } = JSON.parse(value) as { type: string; time: string; data: unknown };
    if (topic === 'transactions.v1') for (const row of orderRows(data as Order)) await transactions.add(row);
    else if (topic === 'customers.v1') customers.set((data as Customer).customerId, data as Customer);
    else if (topic === 'returns.v1') returns.set((data as Return).returnId, data as Return);
    else if (type === 'tideline.product.stock-counted.v1') await stockCounts.add(countRow(data as StockCount));
    else if (type === 'tideline.campaign.day-reported.v1') days.push(data as CampaignDay);
    else if (topic === 'campaigns.v1') campaigns.set((data as Campaign).campaignId, data as Campaign);
    else {
      const product = data as Product;
      products.set(product.productId, { product, listedAt: products.get(product.productId)?.listedAt ?? time });
    }
  }
  return { customers, products, returns, campaigns, days };
}

type Field = string | number | boolean | null | undefined;

function customerRow(customer: Customer): Field[] {
  const { customerId, registeredAt, name, email, country, region, city, acquisitionChannel, consent } = customer;
  return [customerId, timeOf(registeredAt), name, email, country, region, city, acquisitionChannel, consent];
}

function productRow({ productId, sku, name, category, subcategory, brand, cost, price }: Product, listedAt: string): Field[] {
  return [productId, timeOf(listedAt), sku, name, category, subcategory, brand, cost, price];
}

function countRow({ productId, countedAt, units }: StockCount): Field[] {
  return [productId, timeOf(countedAt), units];
}

function orderRows(order: Order): Field[][] {
  const { orderId, orderedAt, customerId, paymentMethod, channel, country, region, city, campaignId, shipping, tax } = order;
  return order.lines.map(({ line, productId, quantity, unitPrice, discount, unitCost }) => [
    ...[orderId, line, timeOf(orderedAt), customerId, productId, quantity, unitPrice, discount, unitCost],
    ...[paymentMethod, channel, country, region, city, campaignId, shipping, tax],
  ]);
}

function returnRows(returned: Return): Field[][] {
  const { returnId, orderId, customerId, status, requestedAt } = returned;
  const refundedAt = returned.status === 'refunded' ? timeOf(returned.refundedAt) : '';
  return returned.lines.map(({ line, orderLine, productId, quantity, amount, reason }) => [
    ...[returnId, line, orderId, orderLine, customerId, productId, quantity, amount, reason, status],
    ...[timeOf(requestedAt), refundedAt],
  ]);
}

function campaignRow(campaign: Campaign | undefined, { campaignId, date, spend, impressions, clicks }: CampaignDay): Field[] {
  const { name, kind, channel, budget, status, startsAt, endsAt } = campaign ?? {};
  return [campaignId, name, kind, channel, budget, status, timeOf(startsAt), timeOf(endsAt), date, spend, impressions, clicks];
}

/** `2024-02-29 12:30:00`: the form that people's programs read. */
function timeOf(instant: string | null | undefined): string {
  return instant ? `${instant.slice(0, 10)} ${instant.slice(11, 19)}` : '';
}

/** One file, written in pieces. */
class CsvFile {
  rows = 0;
  #waiting: string;

  private constructor(
    private readonly handle: Awaited<ReturnType<typeof open>>,
    header: string,
  ) {
    this.#waiting = `${header}\n`;
  }

  static async create(path: string, header: string): Promise<CsvFile> {
    return new CsvFile(await open(path, 'w'), header);
  }

  /** A promise only where there is something to wait for. */
  add(fields: readonly Field[]): Promise<void> | undefined {
    this.rows += 1;
    this.#waiting += `${fields.map(csvField).join(',')}\n`;
    return this.#waiting.length > pending ? this.flush() : undefined;
  }

  async flush(): Promise<void> {
    const text = this.#waiting;
    this.#waiting = '';
    await this.handle.appendFile(text);
  }

  close(): Promise<void> {
    return this.handle.close();
  }
}

function csvField(field: Field): string {
  const text = field === null || field === undefined ? '' : String(field);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
