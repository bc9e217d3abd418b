import { z } from 'zod';
import { event } from '../envelope.js';
import { id, instant, label, revision } from '../primitives.js';

/** Full state of a customer. `consent` = may be written to by marketing. */
export const customer = z.looseObject({
  customerId: id,
  revision,
  registeredAt: instant.nullish(),
  name: label.nullish(),
  email: label.max(320).nullish(),
  country: label.nullish(),
  region: label.nullish(),
  city: label.nullish(),
  acquisitionChannel: label.nullish(),
  consent: z.boolean().nullish(),
});

export const customerRegistered = event('tideline.customer.registered.v1', customer);
export const customerUpdated = event('tideline.customer.updated.v1', customer);
export type Customer = z.infer<typeof customer>;
