SELECT id, log_epoch, toString(log_offset) AS place, log_step FROM `shop_golden`.`delivery_log` FINAL
WHERE kind = 'place' ORDER BY log_epoch DESC, log_offset DESC, log_step DESC LIMIT 1 BY id
