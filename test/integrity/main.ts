import { runMeasures } from '../run-measures.js';
import { badInput } from './bad-input.js';
import { broker } from './broker/broker.js';
import { clock } from './clock/clock.js';
import { disk } from './disk/disk.js';
import { fence } from './fence/fence.js';
import { killImport } from './kill-import.js';
import { kills } from './kills/kills.js';
import { network } from './network/network.js';
import { overloaded } from './overload/overload.js';
import { properties } from './properties/properties.js';
import { processes } from './processes.js';
import { reimport } from './reimport.js';
import { restartWorld } from './restart-world.js';
import { schema } from './schema/schema.js';
import { alertReplay } from './silence/alert-replay.js';
import { silence } from './silence/silence.js';
import { simulateImport } from './simulate-import.js';

process.exitCode = await runMeasures(
  {
    'bad-input': badInput,
    reimport,
    'kill-import': killImport,
    kills,
    fence,
    broker,
    network,
    overload: overloaded,
    disk,
    schema,
    clock,
    properties,
    processes: (work) => processes(work),
    silence,
    'alert-replay': alertReplay,
    'restart-world': restartWorld,
    'simulate-import': simulateImport,
  },
  process.argv.slice(2),
);
