SELECT count() AS n, hex(sum(reinterpretAsUInt128(sipHash128(toString(tuple(t.`from_segment`, t.`to_segment`, t.`customers`, t.`net_sales`)))))) AS print FROM `shop_golden`.`mv_segment_flow` AS t  
