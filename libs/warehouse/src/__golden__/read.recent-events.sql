SELECT topic, partition, epoch, offset, verdict, reason, detail, type, event_id AS id, event_time, recorded_time, ingested_at,
    substringUTF8(payload, 1, 2000) AS excerpt
FROM `shop_golden`.`ledger`
WHERE (topic, partition, epoch, offset) IN (
    SELECT topic, partition, epoch, offset FROM `shop_golden`.`ledger` WHERE 1 AND verdict = 'rejected' AND reason = 'it\'s'
    ORDER BY ingested_at DESC, offset DESC LIMIT 50)
ORDER BY ingested_at DESC, offset DESC, topic, partition
