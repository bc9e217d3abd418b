export { demandClumpsSql, demandUnitsSql } from './demand-units.js';
export {
  DemandRepository,
  keptForecasts,
  newestForecastSql,
  outdatedForecastsSql,
  publishedInstant,
  seriesOfForecastSql,
  type PublishedForecast,
  type StoredSeries,
} from './demand.repository.js';
