import { MultiBar, Presets, type SingleBar } from 'cli-progress';

/** How often a line is written where nobody watches a bar. */
const lineMs = 5_000;
/** The rate is that of the last few seconds: a start-up does not slow it for the rest of the way. */
const rateMs = 3_000;

interface Task {
  readonly bar: SingleBar | undefined;
  /** Where it stood, newest last. */
  readonly marks: { readonly at: number; readonly done: number }[];
  saidAt: number;
}

/** Where the words go. */
export interface ProgressOutput {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** How far something is, with rate and time left, on stderr: bars for who watches, lines now and then for a log. */
export class Progress {
  readonly #tasks = new Map<string, Task>();
  readonly #bars: MultiBar | undefined;

  constructor(
    private readonly output: ProgressOutput = process.stderr,
    private readonly now: () => number = () => performance.now(),
  ) {
    if (output.isTTY !== true) return;
    this.#bars = new MultiBar(
      { stream: process.stderr, format: '{task} {bar} {percentage}%  {words}', hideCursor: true },
      Presets.shades_classic,
    );
  }

  /**
   * @param name of what is done, `sending`
   * @param share done of it, 0 to 1
   * @param count how many of `unit` that is
   */
  show(name: string, share: number, count: number, unit: string): void {
    const now = this.now();
    let task = this.#tasks.get(name);
    if (!task) {
      task = { bar: this.#bars?.create(1_000, 0, { task: name.padEnd(8), words: '' }), marks: [{ at: now, done: 0 }], saidAt: now };
      this.#tasks.set(name, task);
    }
    task.marks.push({ at: now, done: count });
    while (task.marks.length > 2 && now - (task.marks[1]?.at ?? now) > rateMs) task.marks.shift();
    const words = wordsOf(task, share, count, unit);
    task.bar?.update(Math.floor(share * 1_000), { words });
    if (this.#bars || (now - task.saidAt < lineMs && share < 1)) return;
    if (share >= 1 && task.saidAt === Infinity) return;
    task.saidAt = share >= 1 ? Infinity : now;
    this.output.write(`${name.padEnd(8)} ${Math.floor(share * 100)}%  ${words}\n`);
  }

  /** A bar left running keeps its timer, and with it the process, alive. */
  stop(): void {
    this.#bars?.stop();
  }
}

function wordsOf({ marks }: Task, share: number, count: number, unit: string): string {
  const [first, last] = [marks[0], marks[marks.length - 1]];
  const text = `${count.toLocaleString('en')} ${unit}`;
  if (!first || !last || last.at <= first.at || last.done <= first.done) return text;
  const rate = (last.done - first.done) / ((last.at - first.at) / 1_000);
  const left = share > 0 && share < 1 ? (count / share - count) / rate : 0;
  return `${text}  ${Math.round(rate).toLocaleString('en')}/s${share < 1 ? `  ${timeText(left)} left` : ''}`;
}

function timeText(seconds: number): string {
  const whole = Math.ceil(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
