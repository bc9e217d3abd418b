export { customerFeaturesSql, noMbg, type FeatureQuery, type MbgParameters } from './customer-features.js';
export type { CustomerSelection } from './documents.js';
export { featureGroups, features, horizonDays, type Feature, type FeatureGroup } from './feature-list.js';
export { FeatureReads, mostPerChunk, type FeatureMoment } from './feature.reads.js';
export { type FeatureChunk } from './feature-rows.js';
export { customerOrdersAfterSql, historyExtentSql } from './labels.js';
export { featuresSha256 } from './trainer-files.js';
