import express, { type NextFunction, type Request, type Response } from 'express';
import { existsSync } from 'node:fs';
import { join, sep } from 'node:path';

/** Paths that are never the dashboard's: a wrong one is a problem document, not a page. */
const reserved = /^\/(api|health|metrics|socket\.io)(\/|$)/;

const year = 'public, max-age=31536000, immutable';

const notBuilt = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Tideline</title>
<h1>Tideline is running</h1><p>The dashboard is not built. Build it with <code>npm run build</code>, then load this page again.</p>
<p>The API is described at <a href="/api/docs">/api/docs</a>.</p></html>`;

/**
 * Serves a built dashboard at `/`. Its hashed assets are kept by browsers for a year; the page itself is asked for anew each
 * time, so that a new build shows at once. Any path of no file is the page: its routes live in the browser.
 * @param directory of `index.html` and `assets/`; may come to be, or change, while this runs
 */
export function dashboardFiles(directory: string) {
  const page = join(directory, 'index.html');
  const files = express.static(directory, {
    index: false,
    redirect: false,
    setHeaders: (response, path) =>
      void response.setHeader('cache-control', path.startsWith(join(directory, 'assets') + sep) ? year : 'no-cache'),
  });
  return (request: Request, response: Response, next: NextFunction): void => {
    if (!['GET', 'HEAD'].includes(request.method) || reserved.test(request.path)) return next();
    if (!existsSync(page)) return request.path === '/' ? void response.type('html').send(notBuilt) : next();
    files(request, response, (error?: unknown) => {
      if (error !== undefined && error !== null) return next(error);
      // A file that is missing stays missing; a page would be an odd answer to a script.
      if (/\.[a-z0-9]+$/i.test(request.path) && request.path !== '/index.html') return next();
      response.setHeader('cache-control', 'no-cache');
      response.sendFile(page, (failed?: Error) => void (failed && next(failed)));
    });
  };
}
