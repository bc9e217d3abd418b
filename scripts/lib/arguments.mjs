import { SetupError } from './setup.mjs';

export const usage = `npm start -- [--port 7070] [--data .data]

  --port   port of the API (TIDELINE_PORT)
  --data   directory of everything the instance keeps (TIDELINE_DATA)

Settings from the environment or a .env file: see .env.example.`;

/** Flags and the setting each stands for. */
const flags = { '--port': 'TIDELINE_PORT', '--data': 'TIDELINE_DATA' };

/** @returns {Record<string, string>} settings that the flags ask for */
export function settingsOf(argv) {
  const settings = {};
  const rest = argv.flatMap((word) =>
    /^--\w+=/.test(word) ? [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)] : [word],
  );
  for (let index = 0; index < rest.length; index += 2) {
    const name = flags[rest[index]];
    if (!name) throw new SetupError(`${rest[index]} is not a flag.\n\n${usage}`);
    if (rest[index + 1] === undefined) throw new SetupError(`${rest[index]} needs a value.\n\n${usage}`);
    settings[name] = rest[index + 1];
  }
  return settings;
}
