import { Command } from 'commander';
import { alarmsCommand } from './alarms.command.js';
import { alertsCommand } from './alerts.command.js';
import { deliveryCommand } from './delivery.command.js';
import { demandCommand } from './demand.command.js';
import { eventCommand } from './event.command.js';
import { fingerprintCommand } from './fingerprint.command.js';
import { importCommand } from './import.command.js';
import { maintainCommands } from './maintain.commands.js';
import { modelCommand } from './model.command.js';
import { operateCommands } from './operate.commands.js';
import { leaveWithReader } from './reader.js';
import { replayCommand } from './replay.command.js';
import { scoresCommand } from './scores.command.js';
import { simulateCommand } from './simulate.command.js';

const program = new Command('tideline')
  .description('Talks to a running Tideline; audits and rebuilds a stopped one.')
  .addCommand(importCommand())
  .addCommand(simulateCommand())
  .addCommand(replayCommand())
  .addCommand(fingerprintCommand())
  .addCommand(eventCommand())
  .addCommand(modelCommand())
  .addCommand(demandCommand())
  .addCommand(scoresCommand())
  .addCommand(alarmsCommand())
  .addCommand(alertsCommand())
  .addCommand(deliveryCommand())
  .showHelpAfterError();
for (const command of [...maintainCommands(), ...operateCommands()]) program.addCommand(command);

for (const stream of [process.stdout, process.stderr]) leaveWithReader(stream, () => process.exit());
try {
  await program.parseAsync();
} catch (error) {
  // Errors of our libs are written for people; anything else is a fault of ours and keeps its stack.
  const coded = error instanceof Error && typeof (error as { code?: unknown }).code === 'string';
  process.stderr.write(`${coded ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
}
