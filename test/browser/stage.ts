import axe from 'axe-core';
import { existsSync } from 'node:fs';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** @throws when there is no Chromium on this machine, in words that say how to get one */
export function launch(): Promise<Browser> {
  const executablePath = places.find((place) => existsSync(place));
  if (executablePath === undefined) {
    throw new Error(`This needs Chromium, and none is at ${places.join(', ')}. Install it: apt-get install -y chromium`);
  }
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
}

export interface View {
  readonly width?: number;
  readonly height?: number;
  readonly scheme?: 'light' | 'dark';
  /** Device pixels per pixel. */
  readonly scale?: number;
}

/** A page, and all that it complained of: errors in the console, exceptions, and breaches of the content policy. */
export interface Watched {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly complaints: string[];
}

export async function open(browser: Browser, url: string, view: View = {}): Promise<Watched> {
  const { width = 1280, height = 800, scheme = 'light', scale = 1 } = view;
  const context = await browser.newContext({
    viewport: { width, height },
    deviceScaleFactor: scale,
    colorScheme: scheme,
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  // A breach that the page's own code swallows stands in no console.
  await page.addInitScript(
    `document.addEventListener('securitypolicyviolation', (breach) => console.error('content policy: ' + breach.violatedDirective + ' ' + breach.blockedURI))`,
  );
  await page.goto(url);
  return { page, context, complaints };
}

/** The text of an element by its test id. */
export async function textOf(page: Page, id: string): Promise<string> {
  return (await page.getByTestId(id).innerText()).trim();
}

/** What axe finds wrong, one line each. The script goes in over the debugging protocol, which the content policy does not guard. */
export async function accessibilityOf(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  return page.evaluate<string[]>(
    `axe.run(document).then(({ violations }) => violations.flatMap(({ id, help, nodes }) =>
       nodes.map(({ html, failureSummary }) => [id, help, html.slice(0, 200), failureSummary].join(' | '))))`,
  );
}

/** How far the page scrolls sideways, in pixels. */
export function sidewaysScroll(page: Page): Promise<number> {
  return page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth');
}
