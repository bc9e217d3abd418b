import { StandardSchemaValidationPipe, type INestApplication } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { json, type NextFunction, type Request, type Response } from 'express';
import helmet from 'helmet';
import type { AddressInfo, Server } from 'node:net';
import { doorsOf, refuseUndeclared, RolesGuard, type Door, type IdentifiedRequest } from './access.js';
import { identify, refuseOpenBind, requireLocalHost, requireOwnPage, requireSomeone } from './guards.js';
import { allows, Principals } from './principal.js';
import { ProblemFilter } from './problem.filter.js';
import { dashboardFiles } from './static-files.js';

export interface HttpOptions {
  readonly host: string;
  readonly secret: string | undefined;
  /** Who may ask; absent: the bearer of the secret, or without one whoever reaches this machine's loopback. */
  readonly principals?: Principals;
  /** Origins besides its own whose pages may come in. */
  readonly origins?: readonly string[] | undefined;
  /** Directory of the built dashboard; absent: none is served. */
  readonly dashboard?: string;
  readonly log: (error: unknown, instance: string) => void;
}

/** Largest body the API takes. Events go through Kafka; what comes here is settings and commands. */
const bodyLimit = '100kb';

/** Scripts are files of ours alone. Not every browser counts a websocket as 'self'. */
const contentPolicy = { 'script-src': ["'self'"], 'connect-src': ["'self'", 'ws:', 'wss:'], 'upgrade-insecure-requests': null };

/**
 * Everything that all routes share. The app must be made with `bodyParser: false`.
 * @throws {BindError} before anything listens, when it would be open to the network without a secret or users
 * @throws {HttpError} `access-undeclared` when a route or a live room does not say who may come in
 */
export function setupHttp(app: INestApplication, options: HttpOptions): void {
  const principals = options.principals ?? new Principals([], options.secret);
  refuseOpenBind(options.host, options.secret, principals.open ? 0 : 1);
  const doors = doorsOf(app.get(ModulesContainer, { strict: false }));
  refuseUndeclared(doors);
  app.use(helmet({ contentSecurityPolicy: { directives: contentPolicy } }));
  if (principals.open) app.use(requireLocalHost, requireOwnPage(options.origins ?? []));
  app.use(identify(principals));
  app.use('/api/docs', requireSomeone);
  for (const door of doors) if (door.bodyLimit !== undefined) app.use(largeBody(door, door.bodyLimit));
  app.use(json({ limit: bodyLimit, strict: true }));
  app.useGlobalGuards(new RolesGuard());
  app.useGlobalPipes(new StandardSchemaValidationPipe());
  app.useGlobalFilters(new ProblemFilter(options.log));
  // Made when somebody looks: a start has no time for it.
  SwaggerModule.setup('api/docs', app, () => openApi(app), { jsonDocumentUrl: 'api/docs/openapi.json' });
  if (options.dashboard !== undefined) app.use(dashboardFiles(options.dashboard));
}

/** Reads the bodies of one route up to its own limit. From whom it does not let in, no more is read than elsewhere. */
function largeBody({ name, access }: Door, limit: string) {
  const [method, path = ''] = name.split(' ');
  // Paths of ours are words between slashes, and parameters.
  const isRoute = new RegExp(`^/${path.replaceAll(/:\w+/g, '[^/]+')}$`);
  const read = json({ limit, strict: true });
  return (request: Request, response: Response, next: NextFunction): void => {
    const { principal } = request as IdentifiedRequest;
    const mayCome = access === 'public' || (principal !== undefined && access !== undefined && allows(principal.role, access));
    if (request.method === method && isRoute.test(request.path) && mayCome) return void read(request, response, next);
    next();
  };
}

/** Begins to listen. @returns its URL, with the port that it got where 0 was asked for */
export async function listenOn(app: INestApplication, port: number, host: string): Promise<string> {
  await app.listen(port, host);
  const address = (app.getHttpServer() as Server).address() as AddressInfo;
  return `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`;
}

function openApi(app: INestApplication): OpenAPIObject {
  const info = new DocumentBuilder()
    .setTitle('Tideline')
    .setDescription(
      'Exact figures of online shops. Money is a decimal string; every answer says how old it is (asOf, watermark, generation); errors are RFC 9457 problems.',
    )
    .setVersion('1')
    .build();
  return SwaggerModule.createDocument(app, info);
}
