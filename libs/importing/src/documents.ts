import { decimalReader, wholeUnits, type Micros } from './decimal.js';
import { ImportError } from './importing.errors.js';
import { compileTime } from './local-time.js';
import { columnsOfMapping, type Mapping, type Source } from './mapping.js';
import { compileRules, type Row } from './rules.js';
import { TableCollector } from './tables.js';

/** One line of an order or of a credit note. */
export interface DocumentLine {
  readonly product: string;
  readonly quantity: number;
  /** Of one unit. */
  readonly price: Micros;
  readonly discount: Micros;
  readonly unitCost: Micros | undefined;
  readonly reason: string;
}

/** All rows of one order, or of one credit note. */
export interface Document {
  readonly id: string;
  readonly kind: 'sale' | 'return';
  /** Its earliest row, Unix milliseconds. */
  at: number;
  readonly customer: string;
  readonly order: string;
  readonly country: string;
  readonly region: string;
  readonly city: string;
  readonly paymentMethod: string;
  readonly channel: string;
  readonly campaign: string;
  readonly orderDiscount: Micros;
  readonly shipping: Micros;
  readonly tax: Micros;
  readonly lines: DocumentLine[];
}

/** A text and the instant of the row that said it, Unix milliseconds. */
export interface Latest {
  text: string;
  at: number;
}

/** What is known of a product after all rows: of each attribute the latest that is not empty. */
export interface ProductFacts extends Readonly<Record<'name' | 'category' | 'subcategory' | 'brand', Latest>> {
  firstAt: number;
}

/** What is known of a customer after all rows. */
export interface CustomerFacts {
  readonly country: Latest;
  firstAt: number;
}

/** A row that became no event. */
export interface RejectedRow {
  readonly row: number;
  readonly reason: string;
  readonly columns: Row;
}

/** Everything read so far. */
export interface Collected {
  readonly documents: ReadonlyMap<string, Document>;
  readonly products: ReadonlyMap<string, ProductFacts>;
  readonly customers: ReadonlyMap<string, CustomerFacts>;
  readonly rows: number;
  readonly sales: number;
  readonly returns: number;
  readonly rejected: ReadonlyMap<string, number>;
  /** What files beside the orders say, by table and subject; see `TableCollector`. */
  readonly tables: TableCollector['entries'];
}

const cleanText = /^[^\p{Cc}\p{Cs}]*$/u;
/** The contracts count UTF-16 units, a regular expression with the u flag counts characters. */
const isId = (text: string): boolean => text !== '' && text.length <= 200 && cleanText.test(text);
const isLabel = (text: string): boolean => text.length <= 500 && !text.includes('\0') && text.isWellFormed();
const labels = ['country', 'region', 'city', 'paymentMethod', 'channel', 'reason', 'category', 'subcategory', 'brand'] as const;
const maxLines = 10_000;
const maxMicros = 10n ** 18n;
const memoSize = 100_000;

/** Gathers the rows of files into documents. Rows of one document may lie anywhere; repeated rows are separate lines. */
export class DocumentCollector implements Collected {
  readonly documents = new Map<string, Document>();
  readonly products = new Map<string, ProductFacts>();
  readonly customers = new Map<string, CustomerFacts>();
  readonly rejected = new Map<string, number>();
  rows = 0;
  sales = 0;
  returns = 0;
  readonly #timeOf: (text: string) => number | undefined;
  readonly #decimal: (text: string) => Micros | undefined;
  readonly #ids = new Map<string, boolean>();
  #header: readonly string[] | undefined;
  #ruleOf: ReturnType<typeof compileRules> = () => undefined;
  #read: ReturnType<typeof readers> | undefined;
  readonly #tables: TableCollector;
  /** The table that the present file is; undefined: it holds orders. */
  #table: ReturnType<TableCollector['tableOf']>;

  constructor(
    private readonly mapping: Mapping,
    private readonly onRejected: (row: RejectedRow) => void,
  ) {
    this.#tables = new TableCollector(mapping);
    this.#timeOf = compileTime(mapping);
    this.#decimal = decimalReader(mapping.numbers);
  }

  /** @throws {ImportError} `columns-missing` naming them and what the file has */
  useHeader(header: readonly string[], path: string): void {
    if (this.#header === header) return;
    const missing = columnsOfMapping(this.mapping).filter((column) => !header.includes(column));
    this.#table = missing.length > 0 ? this.#tables.tableOf(header) : undefined;
    if (missing.length > 0 && this.#table === undefined) {
      throw new ImportError(
        'columns-missing',
        `${path} has no column ${missing.join(', ')}, which the mapping ${this.mapping.name} reads. The file has: ${header.join(', ')}. Use another mapping, or check csv.separator.`,
      );
    }
    this.#header = header;
    if (this.#table !== undefined) return;
    this.#ruleOf = compileRules(this.mapping, header);
    this.#read = readers(this.mapping, header);
  }

  add(row: Row, number: number): void {
    this.rows += 1;
    if (this.#table !== undefined) return this.refuse(this.#tables.add(this.#table, this.#header ?? [], row), number, row);
    const width = this.#header?.length ?? 0;
    // A line cut short, or a separator inside a text without quotes: its fields cannot be trusted.
    const rule =
      row.length === width ? this.#ruleOf(row) : ({ class: 'reject', reason: 'other number of columns than the header' } as const);
    const reason = rule === undefined ? 'no rule fits' : rule.class === 'reject' ? rule.reason : this.take(rule.class, row);
    this.refuse(reason, number, row);
  }

  get tables(): TableCollector['entries'] {
    return this.#tables.entries;
  }

  private refuse(reason: string | undefined, number: number, row: Row): void {
    if (reason === undefined) return;
    this.rejected.set(reason, (this.rejected.get(reason) ?? 0) + 1);
    this.onRejected({ row: number, reason, columns: row });
  }

  /** @returns why the row cannot be used, or undefined when it was taken */
  private take(kind: 'sale' | 'return', row: Row): string | undefined {
    const read = this.#read;
    if (!read) return 'no header';
    const id = read.document(row);
    if (!this.isId(id)) return 'document id is missing or not plain text';
    const at = this.#timeOf(read.time(row));
    if (at === undefined) return 'time is not in a format of the mapping';
    const signed = read.quantity === undefined ? 1 : wholeUnits(this.#decimal(read.quantity(row)) ?? 1n);
    const quantity = signed === undefined ? undefined : Math.abs(signed);
    if (signed === undefined || quantity === undefined || quantity > 2_147_483_647) return 'quantity is not a whole number';
    if (quantity === 0) return 'quantity is zero';
    // Only a return may carry a minus: files write them either way. A negative sale is not a sale.
    if (kind === 'sale' && signed < 0) return 'quantity is negative';
    const price = this.#decimal((read.price ?? read.amount)(row));
    if (price === undefined) return 'price is not a number of at most six decimals';
    if (price < 0n && (kind === 'sale' || read.price !== undefined)) return 'price is negative';
    const unitPrice = price < 0n ? -price : price;
    if (unitPrice * BigInt(quantity) >= maxMicros) return 'amount is too large';
    const extra = { discount: 0n, orderDiscount: 0n, shipping: 0n, tax: 0n };
    for (const name of ['discount', 'orderDiscount', 'shipping', 'tax'] as const) {
      const text = read[name]?.(row) ?? '';
      const value = text === '' ? 0n : this.#decimal(text);
      if (value === undefined || value < 0n || value >= maxMicros) return `${name} is not a positive number`;
      extra[name] = value;
    }
    if (kind === 'return' && extra.discount > unitPrice * BigInt(quantity)) return 'discount is above the amount';
    const costText = read.unitCost?.(row) ?? '';
    const unitCost = costText === '' ? undefined : this.#decimal(costText);
    if (costText !== '' && (unitCost === undefined || unitCost < 0n || unitCost >= maxMicros)) return 'unitCost is not a positive number';
    const product = read.product(row);
    const customer = read.customer(row);
    if ((product !== '' && !this.isId(product)) || (customer !== '' && !this.isId(customer)))
      return 'product or customer id is not plain text';
    const order = read.order(row);
    const campaign = read.campaign(row);
    if ((order !== '' && !this.isId(order)) || (campaign !== '' && !this.isId(campaign))) return 'order or campaign id is not plain text';
    for (const name of labels) if (!isLabel(read[name](row))) return `${name} is too long or not plain text`;
    if (read.productName(row).includes('\0')) return 'productName is not plain text';

    const key = `${kind} ${id}`;
    let document = this.documents.get(key);
    if (!document) {
      document = {
        id,
        kind,
        at,
        customer,
        order,
        country: read.country(row),
        region: read.region(row),
        city: read.city(row),
        paymentMethod: read.paymentMethod(row),
        channel: read.channel(row),
        campaign,
        orderDiscount: extra.orderDiscount,
        shipping: extra.shipping,
        tax: extra.tax,
        lines: [],
      };
      this.documents.set(key, document);
    } else if (document.customer !== customer) {
      return 'another customer than the first row of its document';
    } else if (kind === 'return' && document.order !== order) {
      // All lines of a return go with the one order that it names.
      return 'another order than the first row of its document';
    } else if (document.lines.length === maxLines) {
      return `document has more than ${maxLines} rows`;
    } else {
      for (const name of ['orderDiscount', 'shipping', 'tax'] as const)
        if (extra[name] !== document[name] && (read[name]?.(row) ?? '') !== '') return `${name} differs from the first row of its document`;
    }
    if (at < document.at) document.at = at;
    document.lines.push({ product, quantity, price: unitPrice, discount: extra.discount, unitCost, reason: read.reason(row) });
    if (kind === 'sale') this.sales += 1;
    else this.returns += 1;
    this.noteProduct(product, at, read, row);
    if (customer !== '') this.noteCustomer(customer, at, read.country(row));
    return undefined;
  }

  private noteProduct(id: string, at: number, read: ReturnType<typeof readers>, row: Row): void {
    if (id === '') return;
    let known = this.products.get(id);
    if (!known) {
      const nothing = (): Latest => ({ text: '', at });
      this.products.set(id, (known = { name: nothing(), category: nothing(), subcategory: nothing(), brand: nothing(), firstAt: at }));
    }
    if (at < known.firstAt) known.firstAt = at;
    // Cutting may split a surrogate pair, and half a pair is not UTF-8.
    const full = read.productName(row);
    keepLatest(known.name, full.length <= 500 ? full : full.slice(0, 500).replace(/[\uD800-\uDBFF]$/, ''), at);
    keepLatest(known.category, read.category(row), at);
    keepLatest(known.subcategory, read.subcategory(row), at);
    keepLatest(known.brand, read.brand(row), at);
  }

  private noteCustomer(id: string, at: number, country: string): void {
    let known = this.customers.get(id);
    if (!known) this.customers.set(id, (known = { country: { text: '', at }, firstAt: at }));
    if (at < known.firstAt) known.firstAt = at;
    keepLatest(known.country, country, at);
  }

  private isId(text: string): boolean {
    let known = this.#ids.get(text);
    if (known === undefined) {
      known = isId(text);
      if (this.#ids.size < memoSize) this.#ids.set(text, known);
    }
    return known;
  }
}

/** The latest text that is not empty; of two at one instant the later in the alphabet, so that the order of rows does not matter. */
function keepLatest(known: Latest, text: string, at: number): void {
  if (text === '' || (known.text !== '' && (at < known.at || (at === known.at && text <= known.text)))) return;
  known.text = text;
  known.at = at;
}

/** Readers of each mapped column; what is not mapped reads as empty. */
function readers({ columns }: Mapping, header: readonly string[]) {
  const of = (source: Source | undefined): ((row: Row) => string) => {
    if (source === undefined) return () => '';
    if (typeof source !== 'string') return () => source.constant;
    const index = header.indexOf(source);
    return (row) => (row[index] ?? '').trim();
  };
  const optional = (source: Source | undefined) => (source === undefined ? undefined : of(source));
  return {
    document: of(columns.document),
    time: of(columns.time),
    order: of(columns.order),
    customer: of(columns.customer),
    product: of(columns.product),
    productName: of(columns.productName),
    category: of(columns.category),
    subcategory: of(columns.subcategory),
    brand: of(columns.brand),
    quantity: optional(columns.quantity),
    price: optional(columns.price),
    amount: of(columns.amount),
    discount: optional(columns.discount),
    unitCost: optional(columns.unitCost),
    reason: of(columns.reason),
    country: of(columns.country),
    region: of(columns.region),
    city: of(columns.city),
    paymentMethod: of(columns.paymentMethod),
    channel: of(columns.channel),
    campaign: of(columns.campaign),
    orderDiscount: optional(columns.orderDiscount),
    shipping: optional(columns.shipping),
    tax: optional(columns.tax),
  };
}
