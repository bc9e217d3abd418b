export { httpConfig } from './http.config.js';
export { BindError, isLoopback, refuseOpenBind } from './guards.js';
export { setupHttp, type HttpOptions } from './http.js';
