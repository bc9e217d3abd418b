import { sql } from '#clickhouse';
import type { DirtySql } from './dirty.js';
import type { NamedStatement, StepSql } from './step.js';

/**
 * Notes the days of campaigns whose attributed orders moved: all that ever stood in a dirty day, whatever generation says so. A settling
 * that died may have emptied one of them already, and then nothing of this one tells that its campaign day has to go.
 */
export function noteCampaignDays(s: StepSql, dirty: DirtySql): NamedStatement {
  return {
    name: 'dirty_campaign_days',
    statement: sql`INSERT INTO ${s.scratch('campaign_days')}
SELECT DISTINCT toDate(bucket, ${s.zone}), member FROM ${s.table('agg_kpi')}
WHERE grain = 'day' AND dimension = 'campaign' AND member != '' AND ${dirty.has('day', sql`bucket`)}`,
  };
}

/** Campaign x day of the noted days: what was spent and reached beside what the attributed orders brought. */
export function writeCampaignDays(s: StepSql): NamedStatement {
  const days = s.scratch('campaign_days');
  return {
    name: 'agg_campaign_day',
    statement: sql`INSERT INTO ${s.table('agg_campaign_day')}
SELECT
    date, campaign_id, sum(spend), sum(impressions), sum(clicks), sum(orders), sum(units), sum(gross), sum(discounts), sum(returns),
    sum(returns_by_order_date), ${s.generation}, min(gone)
FROM
(
    SELECT date, campaign_id, spend, impressions, clicks, 0 AS orders, 0 AS units, 0 AS gross, 0 AS discounts, 0 AS returns, 0 AS returns_by_order_date, 0 AS gone
    FROM ${s.table('fact_campaign_days')} FINAL WHERE (date, campaign_id) IN (SELECT date, campaign_id FROM ${days})
    UNION ALL
    SELECT toDate(bucket, ${s.zone}) AS date, member, 0, 0, 0, orders, units, gross, discounts, returns, returns_by_order_date, 0
    FROM ${s.table('agg_kpi')} FINAL
    WHERE grain = 'day' AND dimension = 'campaign' AND member != '' AND (toDate(bucket, ${s.zone}), member) IN (SELECT date, campaign_id FROM ${days})
    UNION ALL
    SELECT DISTINCT date, campaign_id, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1 FROM ${days}
)
GROUP BY date, campaign_id`,
  };
}
