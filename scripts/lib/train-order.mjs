import { join } from 'node:path';

/**
 * What of the words behind `npm run train --` goes to the trainer, and what its result is published with.
 * @param {string[]} argv
 * @param {Record<string, string | undefined>} env where `TIDELINE_DATA` says where models lie
 * @returns {{ trainer: string[], publish: string[] | undefined }} words of the command line, or none where nothing is to be published
 */
export function trainOrder(argv, env) {
  const trainer = [];
  let wanted = true;
  let api;
  for (let at = 0; at < argv.length; at += 1) {
    const [name, value] = argv[at].split(/=(.*)/s);
    if (name === '--no-publish') wanted = false;
    else if (name === '--api') api = value ?? argv[(at += 1)];
    else trainer.push(argv[at]);
  }
  const said = (name) => {
    const at = trainer.findIndex((word) => word === name || word.startsWith(`${name}=`));
    if (at === -1) return undefined;
    return trainer[at] === name ? trainer[at + 1] : trainer[at].slice(name.length + 1);
  };
  const shop = said('--shop');
  const helps = ['--help', '-h', '--evaluate'].some((word) => trainer.includes(word));
  if (!wanted || helps || shop === undefined) return { trainer, publish: undefined };
  const out = said('--out') ?? join(env.TIDELINE_DATA ?? '.data', 'models', shop);
  const kind = said('--kind');
  const url = api === undefined ? [] : ['--url', api];
  // Of demand it is the forecast that counts; the registry holds what something scores with.
  if (kind === 'demand') return { trainer, publish: ['demand', 'publish', out, '--shop', shop, '--if-running', ...url] };
  const options = [...(kind === undefined ? [] : ['--kind', kind]), ...url];
  return { trainer, publish: ['model', 'publish', out, '--shop', shop, '--if-running', ...options] };
}
