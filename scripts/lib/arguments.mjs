import { SetupError } from './setup.mjs';

export const usage = `npm start -- [--port 7070] [--data .data] [--profile seed] [--seed 1] [--speed 1440] [--until 2026-01-01] [--no-simulator]

  --port   port of the API (TIDELINE_PORT)
  --data   directory of everything the instance keeps (TIDELINE_DATA)
  --profile, --seed, --speed   the simulated shop demo (TIDELINE_SIMULATOR_PROFILE, ..._SEED, ..._SPEED)
  --until  where shop time stands still: 2026-01-01 is the history alone (TIDELINE_SIMULATOR_UNTIL)
  --no-simulator               without it (TIDELINE_SIMULATOR=off)

Settings from the environment or a .env file: see .env.example.`;

/** Flags of npm start and the setting each stands for. */
export const startFlags = {
  '--port': 'TIDELINE_PORT',
  '--data': 'TIDELINE_DATA',
  '--profile': 'TIDELINE_SIMULATOR_PROFILE',
  '--seed': 'TIDELINE_SIMULATOR_SEED',
  '--speed': 'TIDELINE_SIMULATOR_SPEED',
  '--until': 'TIDELINE_SIMULATOR_UNTIL',
  '--no-simulator': { TIDELINE_SIMULATOR: 'off' },
};

/**
 * @param {string[]} argv
 * @param {Record<string, string | Record<string, string>>} flags each flag and the setting it stands for, or what it sets by itself
 * @param {string} help said with a refusal
 * @returns {Record<string, string>} settings that the flags ask for
 */
export function settingsOf(argv, flags = startFlags, help = usage) {
  const settings = {};
  const rest = argv.flatMap((word) =>
    /^--\w+=/.test(word) ? [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)] : [word],
  );
  for (let index = 0; index < rest.length; index += 2) {
    const name = flags[rest[index]];
    if (typeof name === 'object') {
      Object.assign(settings, name);
      index -= 1;
      continue;
    }
    const value = rest[index + 1];
    if (!name) throw new SetupError(`${rest[index]} is not a flag.\n\n${help}`);
    if (value === undefined || value === '' || value.startsWith('--')) throw new SetupError(`${rest[index]} needs a value.\n\n${help}`);
    settings[name] = value;
  }
  return settings;
}
