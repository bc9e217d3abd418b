import 'reflect-metadata';
import { readConfig } from '#config';
import { startAllInOne } from './all-in-one.js';
import { slices } from './tideline.config.js';

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const begun = performance.now();

try {
  const running = await startAllInOne(
    readConfig(slices),
    (step) => say(`  ${((performance.now() - begun) / 1000).toFixed(1).padStart(5)} s  ${step}`),
    (message) => say(`! ${message}`),
  );
  say(`\nTideline is ready: ${running.url}   API: ${running.url}/api/docs   stop: Ctrl-C`);
  let stopping = false;
  const stop = (): void => {
    if (stopping) return say('Still draining; it stops by itself.');
    stopping = true;
    say('\nStopping: finishing what is in flight ...');
    running.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        say(error instanceof Error ? error.message : String(error));
        process.exit(1);
      },
    );
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
} catch (error) {
  const code = (error as NodeJS.ErrnoException).code;
  const message = error instanceof Error ? error.message : String(error);
  say(
    `\nTideline could not start. ${code === 'EADDRINUSE' ? `The port is taken (${message}). Start with another one: npm start -- --port 7071` : message}`,
  );
  process.exit(1);
}
