export { noRoles, rolesAfter, type LoggedMove, type ModelRole, type ModelRoles } from './model-roles.js';
export { readManifest, refuseOtherFiles, sha256Of, versionOf, type ModelFiles, type StoredModel } from './model-version.js';
export { ModelRepository, type KeptModel, type NewModel } from './model.repository.js';
