import { AlarmsError } from '#alarms';
import { alertOrder, demandQuery, reorderQuery, type AlertSort, type AlertStateName } from '#contracts';
import type { Express, Request, Response } from 'express';
import { problemOf, type FakeGateway } from './fake-gateway.js';
import { Refused } from './fake-marketing.js';
import { rolesOf } from './fake-models.js';
import type { FakeAlarms } from './fake-alarms.js';
import { boardOf } from './fake-board.js';
import { demandOf, ordersOf } from './fake-demand.js';
import type { FakeShop } from './fake-shop.js';

const base = '/api/v1/shops/:shop';

/** REST of alerts and scores. */
export function serveMarketing(app: Express, gateway: FakeGateway): void {
  const of = (request: Request): FakeShop => gateway.shopOf(String(request.params['shop']));
  app.get(`${base}/alerts`, (request, response) => {
    const { marketing, settings } = of(request);
    const asked = request.query as { state?: AlertStateName; rule?: string; sort?: AlertSort; limit?: string };
    const alerts = marketing.list(asked).slice(0, Number(asked.limit ?? 50));
    response.json({ shop: settings.shop, alerts, next: null, counts: marketing.counts(asked.rule) });
  });
  app.get(`${base}/alerts/:alert`, (request, response) => {
    const { marketing, settings } = of(request);
    answer(response, () => {
      const alert = marketing.find(request.params.alert);
      return { shop: settings.shop, alert, log: marketing.logs.get(alert.alertId) ?? [] };
    });
  });
  app.post(`${base}/alerts/:alert/commands`, (request, response) => {
    gateway.commands += 1;
    const { marketing, settings, now } = of(request);
    answer(response, () => {
      const order = alertOrder.parse(request.body);
      const alert = marketing.command(request.params.alert, order, gateway.who.name, now ?? new Date().toISOString());
      gateway.publish(settings.shop, ['alerts']);
      return { commandId: `command-${gateway.commands}`, outcome: marketing.slow ? 'pending' : 'done', alert };
    });
  });
  app.get(`${base}/alert-suppressions`, (request, response) => {
    const { marketing, settings } = of(request);
    const { reason, limit } = request.query as { reason?: string; limit?: string };
    const counts: Record<string, number> = {};
    for (const each of marketing.suppressions) counts[each.reason] = (counts[each.reason] ?? 0) + 1;
    const found = marketing.suppressions.filter((each) => reason === undefined || each.reason === reason);
    response.json({ shop: settings.shop, suppressions: found.slice(0, Number(limit ?? 50)), next: null, counts });
  });
  app.get(`${base}/alert-rules`, (request, response) => void response.json({ rules: of(request).marketing.rules }));
  app.get(`${base}/alert-rules/:rule/effect`, (request, response) => {
    const { marketing, settings } = of(request);
    response.json(marketing.effectOf(settings.shop, request.params.rule));
  });
  app.get(`${base}/customers/:id/value`, (request, response) => {
    const { marketing, models } = of(request);
    answer(response, () => marketing.valueOf(request.params.id, models.value));
  });
  app.get(`${base}/scores/summary`, (request, response) => {
    const { marketing, settings } = of(request);
    response.json({ shop: settings.shop, ...marketing.scores });
  });
}

/** REST of the registry of models. */
export function serveModels(app: Express, gateway: FakeGateway): void {
  app.get(`${base}/models`, (request, response) => {
    const { models, settings } = gateway.shopOf(request.params.shop);
    response.json(rolesOf(settings.shop, models));
  });
  app.get(`${base}/models/scoreboard`, (request, response) => {
    const { board, models, settings } = gateway.shopOf(request.params.shop);
    response.json(boardOf(settings.shop, board, models));
  });
  app.get('/api/v1/models/:version', (request, response) => {
    answer(response, () => {
      const found = gateway.models.get(request.params.version);
      if (!found) throw new Refused(404, 'model-unknown', `There is no model ${request.params.version}. See model list.`);
      return found;
    });
  });
}

/** REST of alarms. */
export function serveAlarms(app: Express, gateway: FakeGateway): void {
  const of = (request: Request): FakeAlarms => gateway.alarmsOf(String(request.params['shop']));
  app.get(`${base}/alarms/:alarm`, (request, response, next) => {
    const { service, shop } = of(request);
    service.show(shop, request.params.alarm).then((answer) => void response.json(answer), next);
  });
  app.post(`${base}/alarms/:alarm/commands`, (request, response, next) => {
    const alarms = of(request);
    alarms.service
      .say(alarms.shop, request.params.alarm, alertOrder.parse(request.body), gateway.who.name)
      .then(async (answer) => {
        await gateway.publishAlarms(alarms.shop.shop);
        response.json(answer);
      })
      .catch((error: unknown) => {
        if (!(error instanceof AlarmsError)) return next(error);
        response.status(409).json(problemOf(409, error.code, error.message));
      });
  });
}

/** REST of demand. */
export function serveDemand(app: Express, gateway: FakeGateway): void {
  app.get(`${base}/demand`, (request, response) => {
    const { demand, settings } = gateway.shopOf(request.params.shop);
    const { level, days, key } = demandQuery.parse(request.query);
    answer(response, () => {
      const found = demandOf(settings.shop, demand, level, days, key);
      if (key === undefined || found.series.length > 0) return found;
      throw new Refused(404, 'series-unknown', `There is no forecast of the ${level} ${key} in ${settings.shop}.`);
    });
  });
  app.get(`${base}/demand/reorder`, (request, response) => {
    const { demand, settings } = gateway.shopOf(request.params.shop);
    answer(response, () => {
      if (demand !== 'without-quantile') return ordersOf(settings.shop, demand, reorderQuery.parse(request.query));
      throw new Refused(409, 'forecast-without', 'The forecast of 2011-12-09 has no quantile 0.95.');
    });
  });
}

/** Sends what is made, or why it is refused. */
function answer(response: Response, make: () => object): void {
  try {
    response.json(make());
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    response.status(error.status).json(problemOf(error.status, error.code, error.message));
  }
}
