export { customerFeaturesSql, noMbg, type FeatureQuery, type MbgParameters } from './customer-features.js';
export type { CustomerSelection } from './documents.js';
export { featureGroups, features, horizonDays, type Feature, type FeatureGroup } from './feature-list.js';
export { customerOrdersAfterSql, historyExtentSql } from './labels.js';
