import { runMeasures } from '../run-measures.js';
import { alerts } from './alerts.js';
import { backtest } from './backtest.js';
import { drain } from './drain.js';
import { features } from './features.js';
import { growth } from './growth/growth.js';
import { idle } from './idle.js';
import { importing } from './importing.js';
import { latency } from './latency.js';
import { memory } from './memory.js';
import { pixel } from './pixel.js';
import { recovery } from './recovery.js';
import { refresh } from './refresh.js';
import { replay } from './replay.js';
import { rest } from './rest.js';
import { scoring } from './scoring.js';
import { sockets } from './sockets.js';
import { startup } from './startup.js';
import { sustain } from './sustain.js';

process.exitCode = await runMeasures(
  {
    // First: ClickHouse's own Kafka engine, which it is compared with, works in the first embedded engine of a process only.
    drain,
    startup,
    import: importing,
    memory,
    rest,
    latency,
    pixel,
    sockets,
    idle,
    recovery,
    sustain,
    refresh,
    growth,
    replay,
    features,
    scoring,
    alerts,
    backtest,
  },
  process.argv.slice(2),
  ['growth'],
);
