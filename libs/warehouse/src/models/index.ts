export { noRoles, rolesAfter, type LoggedMove, type ModelRole, type ModelRoles } from './model-roles.js';
export { readManifest, refuseOtherFile, sha256Of, versionOf, type StoredModel } from './model-version.js';
export { ModelRepository, type KeptModel, type NewModel } from './model.repository.js';
