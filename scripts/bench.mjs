// npm run bench -- [startup import memory rest latency pixel sockets recovery sustain drain refresh growth replay features scoring] [--minutes 10]: timings against their bars.
import { runBuilt } from './lib/run-built.mjs';

await runBuilt('test/bench/main.js', { kafka: true, asTheProgram: true });
