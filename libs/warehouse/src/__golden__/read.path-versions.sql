SELECT * FROM (SELECT 'transactions.v1' AS topic, partition, epoch, offset, verdict, reason, detail, type, event_id,
    if(verdict = 'accepted', order_id, '') AS document, revision, hash, event_time, recorded_time, ingested_at
FROM `shop_golden`.`ledger_transactions` WHERE verdict = 'accepted' AND order_id IN ('A1') UNION ALL SELECT 'returns.v1' AS topic, partition, epoch, offset, verdict, reason, detail, type, event_id,
    if(verdict = 'accepted', return_id, '') AS document, revision, hash, event_time, recorded_time, ingested_at
FROM `shop_golden`.`ledger_returns` WHERE verdict = 'accepted' AND return_id IN ('R1')) ORDER BY ingested_at, topic, partition, epoch, offset LIMIT 1000
