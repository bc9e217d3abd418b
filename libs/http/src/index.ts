export { httpConfig } from './http.config.js';
export { HttpError, type HttpErrorCode } from './http.errors.js';
export { BindError, isLoopback, namesThisMachine, originAllowed, refuseOpenBind } from './guards.js';
export {
  accessOf,
  doorsOf,
  LargeBody,
  notSignedIn,
  principalOf,
  Public,
  refuseUndeclared,
  requireRole,
  Roles,
  type Access,
  type Door,
} from './access.js';
export { LiveRoom, liveRoomOf, RoomSignals, type LiveRoomOptions, type RoomAnswer, type RoomReader } from './live-room.js';
export { allows, Principals, PRINCIPALS, type Principal, type User } from './principal.js';
export { parseUsers, readUsers } from './users.js';
export { HttpModule } from './http.module.js';
export { listenOn, setupHttp, type HttpOptions } from './http.js';
