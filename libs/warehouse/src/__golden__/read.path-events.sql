SELECT * FROM (SELECT 'customers.v1' AS topic, partition, epoch, offset, verdict, reason, detail, type, event_id,
    if(verdict = 'accepted', customer_id, '') AS document, revision, hash, event_time, recorded_time, ingested_at
FROM `shop_golden`.`ledger_customers` WHERE event_id = 'A1' OR (verdict = 'accepted' AND customer_id = 'A1') UNION ALL SELECT 'products.v1' AS topic, partition, epoch, offset, verdict, reason, detail, type, event_id,
    if(verdict = 'accepted', if(is_count, concat(product_id, '/', formatDateTime(counted_at, '%FT%TZ')), product_id), '') AS document, revision, hash, event_time, recorded_time, ingested_at
FROM `shop_golden`.`ledger_products` WHERE event_id = 'A1' OR (verdict = 'accepted' AND if(is_count, concat(product_id, '/', formatDateTime(counted_at, '%FT%TZ')), product_id) = 'A1') UNION ALL SELECT 'campaigns.v1' AS topic, partition, epoch, offset, verdict, reason, detail, type, event_id,
    if(verdict = 'accepted', if(is_day, concat(campaign_id, '/', toString(date)), campaign_id), '') AS document, revision, hash, event_time, recorded_time, ingested_at
FROM `shop_golden`.`ledger_campaigns` WHERE event_id = 'A1' OR (verdict = 'accepted' AND if(is_day, concat(campaign_id, '/', toString(date)), campaign_id) = 'A1') UNION ALL SELECT 'transactions.v1' AS topic, partition, epoch, offset, verdict, reason, detail, type, event_id,
    if(verdict = 'accepted', order_id, '') AS document, revision, hash, event_time, recorded_time, ingested_at
FROM `shop_golden`.`ledger_transactions` WHERE event_id = 'A1' OR (verdict = 'accepted' AND order_id = 'A1') UNION ALL SELECT 'returns.v1' AS topic, partition, epoch, offset, verdict, reason, detail, type, event_id,
    if(verdict = 'accepted', return_id, '') AS document, revision, hash, event_time, recorded_time, ingested_at
FROM `shop_golden`.`ledger_returns` WHERE event_id = 'A1' OR (verdict = 'accepted' AND return_id = 'A1') UNION ALL SELECT 'clock.v1' AS topic, partition, epoch, offset, verdict, reason, detail, type, event_id,
    if(verdict = 'accepted', '', '') AS document, revision, hash, event_time, recorded_time, ingested_at
FROM `shop_golden`.`ledger_clock` WHERE event_id = 'A1' OR (verdict = 'accepted' AND '' = 'A1')) ORDER BY ingested_at, topic, partition, epoch, offset LIMIT 51
