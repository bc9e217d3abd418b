// npm run bench -- [startup import memory rest latency pixel sockets recovery sustain drain refresh replay features scoring alerts backtest] [--minutes 10]: timings against their bars. `growth` takes hours: only by its name.
import { runBuilt } from './lib/run-built.mjs';

await runBuilt('test/bench/main.js', { kafka: true, asTheProgram: true });
