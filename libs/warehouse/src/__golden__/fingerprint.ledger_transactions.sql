SELECT count() AS n, hex(sum(h)) AS print FROM
(
    SELECT any(reinterpretAsUInt128(sipHash128(toString(tuple(`verdict`, `reason`, `type`, `event_id`, `entity_id`, `revision`, `hash`, `payload`, if(verdict = 'accepted', `event_time`, NULL), if(verdict = 'accepted', `recorded_time`, NULL), `order_id`, `order_time`, `cancelled`, `customer_id`, `payment_method`, `channel`, `country`, `region`, `city`, `campaign_id`, `order_discount`, `shipping`, `tax`, `lines.line`, `lines.product_id`, `lines.quantity`, `lines.unit_price`, `lines.discount`, `lines.unit_cost`))))) AS h FROM `shop_golden`.`ledger_transactions` WHERE verdict != 'gap' GROUP BY partition, epoch, offset
    SETTINGS optimize_aggregation_in_order = 1
)
