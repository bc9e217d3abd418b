import { StandardSchemaValidationPipe, type INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { json } from 'express';
import helmet from 'helmet';
import { refuseOpenBind, requireLocalHost, requireSecret } from './guards.js';
import { ProblemFilter } from './problem.filter.js';

export interface HttpOptions {
  readonly host: string;
  readonly secret: string | undefined;
  readonly log: (error: unknown, instance: string) => void;
}

/** Largest body the API takes. Events go through Kafka; what comes here is settings and commands. */
const bodyLimit = '100kb';

/**
 * Everything that all routes share. The app must be made with `bodyParser: false`.
 * @throws {BindError} before anything listens, when it would be open to the network without a secret
 */
export function setupHttp(app: INestApplication, options: HttpOptions): OpenAPIObject {
  refuseOpenBind(options.host, options.secret);
  app.use(helmet({ contentSecurityPolicy: { directives: { 'script-src': ["'self'"], 'upgrade-insecure-requests': null } } }));
  app.use(options.secret === undefined ? requireLocalHost : requireSecret(options.secret));
  app.use(json({ limit: bodyLimit, strict: true }));
  app.useGlobalPipes(new StandardSchemaValidationPipe());
  app.useGlobalFilters(new ProblemFilter(options.log));
  const document = openApi(app);
  SwaggerModule.setup('api/docs', app, document, { jsonDocumentUrl: 'api/docs/openapi.json' });
  return document;
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
