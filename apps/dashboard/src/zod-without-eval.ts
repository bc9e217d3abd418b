import { config } from 'zod';

// zod compiles its schemas with `new Function` where it can, and tries at the first object schema. The policy of the page forbids
// that and would report the try; so this stands before the first import of a contract.
config({ jitless: true });
