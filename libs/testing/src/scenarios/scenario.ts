import type { TestMessage } from '../builders/index.js';
import type { OracleShop } from '../oracle/index.js';

/** Messages of a shop in the order in which they arrive. */
export interface Scenario {
  readonly shop: OracleShop;
  readonly messages: readonly TestMessage[];
}
