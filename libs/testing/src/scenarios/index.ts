export { arrivals, type ArrivalOptions } from './arrivals.js';
export { hotInstants } from './hot-instants.js';
export { poison } from './poison.js';
export { Random } from './random.js';
export type { Scenario } from './scenario.js';
export { seededShop, type SeededShopOptions } from './seeded-shop.js';
export { someAttributes, someCustomer, someLines, someReturnLines, type Shelf } from './stories.js';
export { twentyCustomers } from './twenty-customers.js';
export { knownAt, knownFrom, knownInTurn } from './known-in-turn.js';
