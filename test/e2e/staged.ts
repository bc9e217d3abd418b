import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, inject } from 'vitest';
import { launch, open, type View, type Watched } from '../browser/stage.js';
import { FakeGateway } from './fake-gateway.js';

/** Where the specs of a file play: the gateway of the one that runs, and the page that it opened. */
export interface Staged {
  readonly gateway: FakeGateway;
  /** Opens a page in the place of the one before. @param path of the gateway, with its query */
  visit(path: string, view?: View): Promise<Watched>;
}

/**
 * Registers for a file: one browser, and for each of its specs a gateway of its own.
 * @param prepare what the gateway holds when it starts
 */
export function staged(prepare: (gateway: FakeGateway) => void = () => undefined): Staged {
  let browser: Browser;
  let gateway: FakeGateway;
  let watched: Watched | undefined;
  const leave = async (): Promise<void> => {
    await watched?.context.close();
    watched = undefined;
  };

  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    gateway = new FakeGateway(inject('page'));
    prepare(gateway);
    await gateway.start();
  });
  afterEach(async () => {
    await leave();
    await gateway.stop();
  });

  return {
    get gateway() {
      return gateway;
    },
    async visit(path, view) {
      await leave();
      return (watched = await open(browser, `${gateway.url}${path}`, view));
    },
  };
}
