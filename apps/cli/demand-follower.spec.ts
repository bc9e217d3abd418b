import { dateAfter } from '#clock';
import type { DemandPublishedAnswer } from '#contracts';
import { ImportError } from '#importing';
import { expect, it } from 'vitest';
import { DemandFollower, type FollowerParts, type Made } from './demand-follower.js';

/** A shop whose day lasts a minute, and a trainer; real time passes only where somebody sleeps. */
class Demo {
  readonly said: string[] = [];
  readonly published: string[] = [];
  readonly waits: number[] = [];
  readonly stop = new AbortController();
  origin: string | null = null;
  timeless = false;
  /** Real milliseconds that a forecast takes. */
  takes = 70_000;
  away: ImportError | undefined;
  made: Made = { kind: 'made' };
  runs = 0;
  #running = false;
  #ms = 0;

  constructor(
    private readonly first: string,
    private readonly lasts: number,
  ) {}

  get today(): string {
    return dateAfter(this.first, Math.floor(this.#ms / 60_000));
  }

  /** Follows until the time is over. @param change what happens before each question */
  async follow(every = 1, change: (ms: number) => void = () => undefined): Promise<void> {
    let day = '';
    const parts: FollowerParts = {
      ask: () => {
        change(this.#ms);
        if (this.away) return Promise.reject(this.away);
        return Promise.resolve({ origin: this.origin, today: this.timeless ? null : this.today });
      },
      make: () => {
        if (this.#running) throw new Error('Two at a time.');
        this.runs += 1;
        this.#running = true;
        day = this.today;
        this.pass(this.takes);
        this.#running = false;
        return Promise.resolve(this.made);
      },
      publish: () => {
        change(this.#ms);
        if (this.away) return Promise.reject(this.away);
        this.origin = day;
        this.published.push(day);
        return Promise.resolve<DemandPublishedAnswer>({ shop: 'demo', origin: day, categories: 10, products: 1_000 });
      },
      say: (words) => void this.said.push(words),
      sleep: (ms) => {
        this.waits.push(ms);
        this.pass(ms);
        return Promise.resolve();
      },
    };
    await new DemandFollower('demo', every, parts).follow(this.stop.signal);
  }

  private pass(ms: number): void {
    this.#ms += ms;
    if (this.#ms >= this.lasts) this.stop.abort();
  }
}

const unreachable = (): ImportError => new ImportError('instance-unreachable', 'No instance answers at http://there.');

it('makes a forecast of each day that it finds, and none of days that went by while it made one', async () => {
  const demo = new Demo('2026-01-01', 5 * 60_000);
  await demo.follow();
  // A run takes longer than a day: begun on the first, it ends on the second, which is of today then.
  expect(demo.published).toEqual(['2026-01-01', '2026-01-02', '2026-01-03', '2026-01-04']);
  demo.published.forEach((day) => expect(demo.said).toContain(`demo: forecast from ${day} on, 10 categories, 1000 products.`));
  const slow = new Demo('2026-01-01', 8 * 60_000);
  slow.takes = 150_000;
  await slow.follow();
  expect(slow.published).toEqual(['2026-01-01', '2026-01-03', '2026-01-06']);
});

it('waits as many days of the shop as it was told, from the newest forecast on, whoever made that', async () => {
  const demo = new Demo('2026-01-03', 16 * 60_000);
  demo.origin = '2026-01-01';
  await demo.follow(7);
  expect(demo.published).toEqual(['2026-01-08', '2026-01-15']);
  expect(demo.said).toEqual([
    'demo has a forecast from 2026-01-01 on; the next one is made when its day is 2026-01-08.',
    'demo: forecast from 2026-01-08 on, 10 categories, 1000 products.',
    'demo has a forecast from 2026-01-08 on; the next one is made when its day is 2026-01-15.',
    'demo: forecast from 2026-01-15 on, 10 categories, 1000 products.',
    'demo has a forecast from 2026-01-15 on; the next one is made when its day is 2026-01-22.',
  ]);
});

it('asks an instance that is away at longer and longer intervals, says so once, and goes on when it is back', async () => {
  const demo = new Demo('2026-01-01', 10 * 60_000);
  demo.takes = 1_000;
  await demo.follow(1, (ms) => (demo.away = ms >= 60_000 && ms < 5 * 60_000 ? unreachable() : undefined));
  expect(demo.said.filter((words) => /answer/.test(words))).toEqual([
    'No instance answers at http://there. It is asked again until it does.',
    'The instance answers again.',
  ]);
  expect(demo.waits.filter((ms) => ms !== 10_000 && ms !== 0)).toEqual([
    1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000,
  ]);
  expect(demo.published[0]).toBe('2026-01-01');
  expect(demo.published[1]).toBe('2026-01-06');
});

it('runs again later where a run failed, or what was made could not be published', async () => {
  const demo = new Demo('2026-01-01', 30 * 60_000);
  demo.takes = 1_000;
  demo.made = { kind: 'failed', words: 'No store answers at http://there:8124.' };
  await demo.follow(1, (ms) => void (ms > 5 * 60_000 && (demo.made = { kind: 'made' })));
  expect(demo.said.filter((words) => words.startsWith('No store'))).toHaveLength(1);
  expect(demo.waits.slice(0, 5)).toEqual([10_000, 20_000, 40_000, 80_000, 160_000]);
  expect(demo.published[0]).toBe('2026-01-06');

  const late = new Demo('2026-01-01', 4 * 60_000);
  await late.follow(1, (ms) => (late.away = ms === 0 ? undefined : ms < 2 * 60_000 ? unreachable() : undefined));
  expect(late.published[0]).toBe('2026-01-03');
});

it('says what it waits for where there is too little history, and does not try again before that day', async () => {
  const demo = new Demo('2026-01-01', 50 * 60_000);
  demo.takes = 1_000;
  demo.made = { kind: 'too-early', words: '47 days are missing.', enoughOn: '2026-02-17' };
  await demo.follow(1, () => void (demo.today >= '2026-02-17' && (demo.made = { kind: 'made' })));
  expect(demo.said.slice(0, 2)).toEqual([
    '47 days are missing. Waiting until the day of demo is 2026-02-17.',
    'demo: forecast from 2026-02-17 on, 10 categories, 1000 products.',
  ]);
  expect(demo.runs).toBe(1 + demo.published.length);
});

it('waits for the first event of a shop without time', async () => {
  const demo = new Demo('2026-01-01', 2 * 60_000);
  demo.timeless = true;
  await demo.follow();
  expect([demo.said, demo.runs]).toEqual([['demo has no time yet: waiting for its first event.'], 0]);
});

it('ends where the instance refuses: to ask again would not help', async () => {
  const demo = new Demo('2026-01-01', 60_000);
  demo.away = new ImportError('instance-refused', 'There is no shop demo.');
  await expect(demo.follow()).rejects.toThrow('There is no shop demo.');
});

it('publishes nothing once it is stopped', async () => {
  const demo = new Demo('2026-01-01', 30_000);
  await demo.follow();
  expect([demo.runs, demo.published]).toEqual([1, []]);
});
