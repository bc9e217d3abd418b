SELECT customer_id, toString(revision) AS revision, hash, recorded_time, consent, acquisition_channel AS channel FROM `shop_golden`.`ledger_customers`
WHERE (partition, epoch, offset) IN (SELECT partition, epoch, offset FROM `shop_golden`.`ledger_customers` WHERE entity_id IN ('c1', 'it\'s') AND verdict = 'accepted')
