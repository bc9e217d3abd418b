import type { Role } from '#contracts';
import { SetMetadata, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { MetadataScanner, type ModulesContainer } from '@nestjs/core';
import type { Request } from 'express';
import { HttpError } from './http.errors.js';
import { liveRoomOf } from './live-room.js';
import { allows, type Principal } from './principal.js';

const accessKey = 'tideline:access';

/** What a route or room asks of who calls it: a role, or nothing. */
export type Access = Role | 'public';

/** The role that a route (method), all routes of a controller, or a live room (class) needs. */
export const Roles = (role: Role): MethodDecorator & ClassDecorator => SetMetadata(accessKey, role satisfies Access);
/** Open to everyone, on purpose. */
export const Public = (): MethodDecorator & ClassDecorator => SetMetadata(accessKey, 'public' satisfies Access);

const bodyKey = 'tideline:body-limit';

/** A route that takes more than settings and commands: the largest body, such as `32mb`. Only from those whom the route lets in. */
export const LargeBody = (limit: string): MethodDecorator => SetMetadata(bodyKey, limit);

/** What the first of these declares: the method before its class. */
export function accessOf(...targets: readonly object[]): Access | undefined {
  for (const target of targets) {
    const access = Reflect.getMetadata(accessKey, target) as Access | undefined;
    if (access !== undefined) return access;
  }
  return undefined;
}

/** A request after `identify` has seen it. */
export type IdentifiedRequest = Request & { principal?: Principal };

/** @throws {HttpError} `not-signed-in` */
export function principalOf(request: Request): Principal {
  const { principal } = request as IdentifiedRequest;
  if (!principal) throw notSignedIn();
  return principal;
}

export function notSignedIn(): HttpError {
  return new HttpError(
    'not-signed-in',
    'Who are you? Send your token as "Authorization: Bearer ...", or sign in with POST /api/v1/session.',
  );
}

/** @throws {HttpError} `role-too-low`, saying which role is needed for `what` */
export function requireRole(principal: Principal, needed: Role, what: string): void {
  if (allows(principal.role, needed)) return;
  throw new HttpError(
    'role-too-low',
    `${what} needs the role ${needed}; ${principal.name} is ${principal.role}. An admin can change that in the users file.`,
  );
}

/** Lets in who has the role that the route declares. Sockets are judged at their handshake and at each join. */
export class RolesGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    if (context.getType() !== 'http') return true;
    const access = accessOf(context.getHandler(), context.getClass());
    if (access === 'public') return true;
    const request = context.switchToHttp().getRequest<Request>();
    const principal = principalOf(request);
    // A route without a declaration does not come this far at boot; should one, it is closed.
    requireRole(principal, access ?? 'admin', `${request.method} ${request.path}`);
    return true;
  }
}

/** A route or a room, and what it asks of who comes. */
export interface Door {
  readonly kind: 'route' | 'room';
  /** `GET api/v1/shops/:shop`, or the room's name. */
  readonly name: string;
  /** `PipelineController.show` */
  readonly where: string;
  readonly access: Access | undefined;
  /** Of a route that takes large bodies. */
  readonly bodyLimit?: string;
}

const methods = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'ALL', 'OPTIONS', 'HEAD', 'SEARCH'];

/** Every route and every live room of an app. */
export function doorsOf(modules: ModulesContainer): Door[] {
  const doors: Door[] = [];
  const scanner = new MetadataScanner();
  for (const module of modules.values()) {
    for (const { metatype } of module.controllers.values()) {
      if (typeof metatype !== 'function') continue;
      const base = pathsOf(metatype)[0] ?? '';
      const prototype = metatype.prototype as Record<string, object>;
      for (const method of scanner.getAllMethodNames(prototype)) {
        const handler = prototype[method];
        const paths = handler ? pathsOf(handler) : [];
        if (!handler || paths.length === 0) continue;
        const verb = methods[Reflect.getMetadata('method', handler) as number] ?? 'ALL';
        const access = accessOf(handler, metatype);
        const bodyLimit = Reflect.getMetadata(bodyKey, handler) as string | undefined;
        for (const path of paths) {
          const door: Door = { kind: 'route', name: `${verb} ${joined(base, path)}`, where: `${metatype.name}.${method}`, access };
          doors.push(bodyLimit === undefined ? door : { ...door, bodyLimit });
        }
      }
    }
    for (const { metatype } of module.providers.values()) {
      const room = typeof metatype === 'function' ? liveRoomOf(metatype) : undefined;
      if (typeof metatype !== 'function' || !room) continue;
      doors.push({ kind: 'room', name: room.name, where: metatype.name, access: accessOf(metatype) });
    }
  }
  return doors;
}

/** @throws {HttpError} `access-undeclared` naming every route and room that does not say who may come in */
export function refuseUndeclared(doors: readonly Door[]): void {
  const silent = doors.filter(({ access }) => access === undefined);
  if (silent.length === 0) return;
  throw new HttpError(
    'access-undeclared',
    `These say nothing of who may come in: ${silent.map((door) => `${door.kind} ${door.name} (${door.where})`).join(', ')}. Put @Roles(...) or @Public() on each.`,
  );
}

function pathsOf(target: object): string[] {
  const path = Reflect.getMetadata('path', target) as string | string[] | undefined;
  return path === undefined ? [] : [path].flat();
}

function joined(...parts: readonly string[]): string {
  return parts.flatMap((part) => part.split('/').filter((each) => each !== '')).join('/');
}
