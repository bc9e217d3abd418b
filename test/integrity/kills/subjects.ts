import { product } from './product.js';
import type { Subject } from './subject.js';
import { tokensAndViews } from './tokens-and-views.js';

/** By name, over the directory that holds the store. */
export const subjects = {
  product: () => product,
  'tokens-and-views': tokensAndViews,
} as const satisfies Record<string, (directory: string) => Subject>;

export type SubjectName = keyof typeof subjects;
