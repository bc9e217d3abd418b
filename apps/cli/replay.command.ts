import { replaySpeed, type FingerprintAnswer, type ReplayAnswer, type ReplayPlanAnswer } from '#contracts';
import type { InstanceClient } from '#importing';
import { Command, InvalidArgumentError } from 'commander';
import { setTimeout as sleep } from 'node:timers/promises';
import { sayFingerprint } from './fingerprint.command.js';
import { instanceAt, parseUrl, urlHelp } from './instance.js';
import { parseMoment } from './parse-moment.js';
import { parseShop } from './parse-shop.js';
import { Progress } from './progress.js';
import { say } from './say.js';

interface Options {
  readonly shop?: string;
  readonly into?: string;
  readonly from?: string;
  readonly to?: string;
  readonly speed: number | 'max';
  readonly scores?: true;
  readonly url?: string;
  readonly dryRun?: true;
  readonly json?: true;
}

/** How often the replay is looked at. */
const lookMs = 250;
/** How long an instance may be away in the middle of it. */
const patienceMs = 120_000;

/** `replay`: a shop's history again, into a sandbox; and what is said to one that runs. */
export function replayCommand(): Command {
  const replay = new Command('replay')
    .description(
      "Replays a shop's history into a sandbox: the same ledger, the same refresher, its own time. Returns when every figure is exact.",
    )
    .option('--shop <id>', 'whose history', parseShop)
    .option('--into <sandbox>', 'the sandbox; it is made, and must not exist', parseShop)
    .option('--from <instant>', 'messages that the shop knew then or later: an instant, or a date of the shop (default: all)', parseMoment)
    .option('--to <instant>', 'messages that it knew before (default: up to now)', parseMoment)
    .option('--speed <n|max>', 'shop seconds per real second, or as fast as it goes', parseSpeed, 'max')
    .option('--scores', 'also score its customers and open alerts about them, by the models and rules of the shop')
    .option('--dry-run', 'count, make nothing')
    .option('--json', 'print the result as one JSON object, last')
    .option('--url <url>', urlHelp, parseUrl)
    .action((options: Options, command: Command) => run(options, command));
  const turn = (name: string, description: string): Command =>
    new Command(name).description(description).argument('<sandbox>', 'which one', parseShop);
  const url = (): string | undefined => replay.opts<Options>().url;
  replay.addCommand(turn('pause', 'Lets it stand where it is.').action((into: string) => change(url(), into, { paused: true })));
  replay.addCommand(turn('resume', 'Lets it go on.').action((into: string) => change(url(), into, { paused: false })));
  replay.addCommand(
    turn('speed', 'Goes on at another speed.')
      .argument('<n|max>', 'shop seconds per real second, or max', parseSpeed)
      .action((into: string, speed: number | 'max') => change(url(), into, { speed })),
  );
  replay.addCommand(
    turn('delete', 'Ends it and deletes its sandbox.').action(async (into: string) => {
      const client = await instanceAt(url());
      await client.deleteReplay(await sourceOf(client, into), into);
      say(`${into} is deleted.`);
    }),
  );
  return replay;
}

async function run(options: Options, command: Command): Promise<void> {
  const { shop, into, speed, from, to, scores = false } = options;
  if (shop === undefined) command.error("error: required option '--shop <id>' not specified");
  const asked = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
  if (options.dryRun && scores)
    command.error("error: option '--scores' cannot be used with option '--dry-run': it brings the same messages");
  const client = await instanceAt(options.url);
  if (options.dryRun) return sayPlan(await client.replayPlan(shop, { ...asked, speed: String(speed) }), options);
  if (into === undefined) command.error("error: required option '--into <sandbox>' not specified");

  const begun = performance.now();
  const progress = new Progress();
  try {
    await client.replay(shop, { into, speed, ...(scores ? { scores } : {}), ...asked });
    const done = await follow(client, shop, into, progress);
    const replayMs = Math.round(performance.now() - begun);
    progress.stop();
    const fingerprint = await client.fingerprint(into);
    sayDone(done, replayMs, fingerprint, options);
  } finally {
    progress.stop();
  }
}

/** Returns when the positions that were planned are in every figure. @throws when it cannot come to that */
async function follow(client: InstanceClient, shop: string, into: string, progress: Progress): Promise<ReplayAnswer> {
  for (let heardAt = performance.now(); ; await sleep(lookMs)) {
    let now: ReplayAnswer;
    try {
      now = await client.replayOf(shop, into);
    } catch (error) {
      // It may be restarting: the replay goes on by itself then.
      if ((error as { retryable?: boolean }).retryable !== true || performance.now() - heardAt > patienceMs) throw error;
      continue;
    }
    heardAt = performance.now();
    const scored = now.scored ? `, decided on up to ${now.scoredUntil ?? 'nothing yet'}` : '';
    const where = `${now.state === 'paused' ? 'paused' : 'clock'} ${now.clock ?? 'preparing'}${scored}`;
    progress.show('replay', now.inFigures / Math.max(1, now.messages), now.inFigures, `messages in the figures, ${where}`);
    if (now.state === 'done') return now;
    if (now.state === 'broken')
      throw Object.assign(new Error(`The replay into ${into} is broken. ${now.detail}`), { code: 'replay-broken' });
  }
}

async function change(url: string | undefined, into: string, asked: { paused?: boolean; speed?: number | 'max' }): Promise<void> {
  const client = await instanceAt(url);
  const { state, speed, clock } = await client.changeReplay(await sourceOf(client, into), into, asked);
  say(`${into}: ${state} at ${clock ?? 'no time yet'}, speed ${speed}`);
}

/** The shop that a sandbox replays. */
async function sourceOf(client: InstanceClient, into: string): Promise<string> {
  const { shops } = await client.shops();
  const source = shops.find((each) => each.shop === into)?.replayOf;
  if (source) return source;
  const names = shops.flatMap((each) => (each.kind === 'sandbox' ? [each.shop] : []));
  const words = `There is no sandbox ${into}. ${names.length > 0 ? `There are: ${names.join(', ')}.` : 'There is none.'}`;
  throw Object.assign(new Error(words), { code: 'replay-unknown' });
}

function sayPlan(plan: ReplayPlanAnswer, { json }: Options): void {
  if (json) return say(JSON.stringify({ dryRun: true, ...plan }));
  const line = (name: string, value: unknown): void => say(`${name.padEnd(14)} ${String(value)}`);
  line('shop', plan.shop);
  line('messages', `${plan.messages.toLocaleString('en')}, ${plan.deadLetters.toLocaleString('en')} of them dead letters`);
  line('bytes', plan.bytes.toLocaleString('en'));
  line('gaps', `${plan.lost.toLocaleString('en')} messages that the ledger never got`);
  line('known', `${plan.first ?? 'never'} to ${plan.last ?? 'never'}`);
  line('clock', `${plan.startsAt ?? 'none'} to ${plan.endsAt ?? 'none'}`);
  for (const { topic, partition, messages } of plan.partitions) line(`${topic}/${partition}`, messages.toLocaleString('en'));
  line('time', `about ${plan.etaSeconds.toLocaleString('en')} s`);
}

function sayDone(done: ReplayAnswer, replayMs: number, fingerprint: FingerprintAnswer, { json }: Options): void {
  const eventsPerSecond = Math.round((done.messages * 1000) / Math.max(1, replayMs));
  if (!json) {
    say(
      `${done.messages.toLocaleString('en')} messages of ${done.shop} are in every figure of ${done.sandbox}, its clock stands at ${done.clock ?? 'none'}.`,
    );
    say(`${(replayMs / 1000).toFixed(1)} s, ${eventsPerSecond.toLocaleString('en')} messages a second`);
    if (done.scored) say(`Its customers are scored: npm run -s cli -- alerts list --shop ${done.sandbox}`);
    return sayFingerprint(fingerprint);
  }
  const { fingerprint: print, tables, partial } = fingerprint;
  say(JSON.stringify({ ...done, replayMs, eventsPerSecond, fingerprint: print, partial, tables }));
}

function parseSpeed(text: string): number | 'max' {
  const parsed = replaySpeed.safeParse(text === 'max' ? text : Number(text));
  if (!parsed.success || text.trim() === '') throw new InvalidArgumentError('It must be a positive number or max.');
  return parsed.data;
}
