import type { Customer } from '#contracts';
import { columnInstant, type Mapped } from './ledger-mapper.js';

/** A customer's state -> `ledger_customers`. */
export function mapCustomer(customer: Customer): Mapped {
  return {
    subject: customer.customerId,
    entityId: customer.customerId,
    revision: customer.revision,
    happenedAt: [],
    currency: undefined,
    duplicateLine: undefined,
    values: [
      customer.customerId,
      customer.registeredAt ? columnInstant(customer.registeredAt) : null,
      customer.name ?? '',
      customer.email ?? '',
      customer.country ?? '',
      customer.region ?? '',
      customer.city ?? '',
      customer.acquisitionChannel ?? '',
      customer.consent ?? null,
    ],
  };
}
