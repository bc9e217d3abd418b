import { join } from 'node:path';
import { SetupError } from './setup.mjs';

/** Options that say what becomes of a forecast, each with whether a value follows. */
const ours = { '--no-publish': false, '--follow': false, '--api': true, '--every': true };

/**
 * What of the words behind `npm run train --` goes to the trainer, and what its result is published with.
 * @param {string[]} argv
 * @param {Record<string, string | undefined>} env where `TIDELINE_DATA` says where models lie
 * @returns {{ trainer: string[], publish?: string[], follow?: string[] }} words of command lines: of the trainer, of the CLI that publishes
 *   once, or of the CLI that goes on and runs the trainer each time, behind `--`
 * @throws {SetupError} for `--follow` of what is not made each day
 */
export function trainOrder(argv, env) {
  const trainer = [];
  const said = {};
  for (let at = 0; at < argv.length; at += 1) {
    const [name, value] = argv[at].split(/=(.*)/s);
    if (!(name in ours)) trainer.push(argv[at]);
    else said[name] = ours[name] ? (value ?? argv[(at += 1)]) : true;
  }
  const told = (name) => {
    const at = trainer.findIndex((word) => word === name || word.startsWith(`${name}=`));
    if (at === -1) return undefined;
    return trainer[at] === name ? trainer[at + 1] : trainer[at].slice(name.length + 1);
  };
  const shop = told('--shop');
  const kind = told('--kind');
  const once = ['--help', '-h', '--evaluate'].some((word) => trainer.includes(word)) || shop === undefined;
  const out = told('--out') ?? join(env.TIDELINE_DATA ?? '.data', 'models', shop ?? '');
  const url = said['--api'] === undefined ? [] : ['--url', said['--api']];
  if (said['--follow']) {
    if (once || kind !== 'demand' || said['--no-publish'])
      throw new SetupError('--follow keeps a forecast of demand published: npm run train -- --shop SHOP --kind demand --follow');
    const every = said['--every'] === undefined ? [] : ['--every', said['--every']];
    return { trainer: [...trainer, '--json'], follow: ['demand', 'follow', '--shop', shop, '--out', out, ...every, ...url] };
  }
  if (said['--every'] !== undefined) throw new SetupError('--every is about --follow: how many shop days from one forecast to the next.');
  if (once || said['--no-publish']) return { trainer };
  // Of demand it is the forecast that counts; the registry holds what something scores with.
  if (kind === 'demand') return { trainer, publish: ['demand', 'publish', out, '--shop', shop, '--if-running', ...url] };
  const options = [...(kind === undefined ? [] : ['--kind', kind]), ...url];
  return { trainer, publish: ['model', 'publish', out, '--shop', shop, '--if-running', ...options] };
}
