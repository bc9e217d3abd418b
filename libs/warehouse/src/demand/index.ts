export { demandClumpsSql, demandUnitsSql } from './demand-units.js';
export {
  DemandRepository,
  newestForecastSql,
  outdatedForecastsSql,
  publishedInstant,
  seriesOfForecastSql,
  type PublishedForecast,
  type StoredSeries,
} from './demand.repository.js';
export { StockReads, stockSql, type Stock } from './stock.reads.js';
