import { modelKind, modelKinds, modelVersion, type ModelKind, type ModelListed, type ShopModelsAnswer } from '#contracts';
import type { InstanceClient } from '#importing';
import { Command, InvalidArgumentError } from 'commander';
import { instanceAt, parseUrl, urlHelp } from './instance.js';
import { modelSummaryLines } from './model-summary-lines.js';
import { parseShop } from './parse-shop.js';
import { say } from './say.js';
import { scoreboardLines } from './scoreboard-lines.js';

interface Options {
  readonly shop: string;
  readonly name?: string;
  readonly kind: ModelKind;
  readonly url?: string;
  readonly card?: true;
  readonly json?: true;
  readonly ifRunning?: true;
}

const kindOption = ['--kind <kind>', `${modelKinds.join(' or ')}`, parseKind, 'churn'] as const;
const json = ['--json', 'print the answer as one JSON object'] as const;

/** `model`: versions of models, and which of them a shop uses. */
export function modelCommand(): Command {
  const model = new Command('model').description('Versions of models, and which of them a shop uses.');
  const of = (name: string, description: string): Command =>
    new Command(name).description(description).option('--url <url>', urlHelp, parseUrl);
  const ofShop = (name: string, description: string): Command =>
    of(name, description)
      .requiredOption('--shop <id>', 'the shop', parseShop)
      .option(...json);
  model.addCommand(
    of('list', 'All versions; of a shop: what it uses, and every move that led there.')
      .option('--shop <id>', 'the shop', parseShop)
      .option(...json)
      .action(list),
  );
  model.addCommand(
    of('show', 'One version: what it was trained on and how good it was.')
      .argument('<version>', 'as model list shows it', parseVersion)
      .option('--card', 'print its card, in Markdown')
      .option(...json)
      .action(show),
  );
  model.addCommand(
    of('add', 'Adds what npm run train wrote; no shop uses it yet.')
      .argument('<dir>', 'with churn.onnx, churn.json, churn.md; or those of the kind')
      .option(...kindOption)
      .option('--name <name>', 'middle part of the version (default: the shop it was trained on)')
      .option(...json)
      .action(async (directory: string, { url, kind, name, json: asJson }: Options) => {
        const { added, ...version } = await add(await instanceAt(url), directory, kind, name);
        say(asJson ? JSON.stringify({ ...version, added }) : `${version.version} ${added ? 'is added' : 'is there already'}.`);
      }),
  );
  model.addCommand(
    ofShop('publish', 'Adds what npm run train wrote as a shadow of the shop; makes it active where nothing is.')
      .argument('<dir>', 'with churn.onnx, churn.json, churn.md; or those of the kind')
      .option(...kindOption)
      .option('--if-running', 'where no instance answers, say how to do it later and end with 0')
      .action(publish),
  );
  model.addCommand(
    ofShop('scoreboard', 'Predicted against happened of each version, and how far features and scores have moved.').action(
      async ({ shop, url, json: asJson }: Options) => {
        const answer = await (await instanceAt(url)).scoreboard(shop);
        for (const line of asJson ? [JSON.stringify(answer)] : scoreboardLines(answer)) say(line);
      },
    ),
  );
  model.addCommand(
    ofShop('summary', 'Of each kind: which version is used, how good it was in its test, and what has happened since.').action(
      async ({ shop, url, json: asJson }: Options) => {
        const answer = await (await instanceAt(url)).modelsSummary(shop);
        for (const line of asJson ? [JSON.stringify(answer)] : modelSummaryLines(answer)) say(line);
      },
    ),
  );
  const moves = {
    promote: 'Makes a version the one whose scores count.',
    shadow: 'Has a version scored beside the active one; nothing follows from its scores.',
    withdraw: 'Takes its role from a version; without an active one nobody is scored.',
  } as const;
  for (const move of ['promote', 'shadow', 'withdraw'] as const) {
    model.addCommand(
      ofShop(move, moves[move])
        .argument('<version>', 'as model list shows it', parseVersion)
        .action(async (version: string, { shop, url, json: asJson }: Options) =>
          sayKind(await (await instanceAt(url)).moveModel(shop, move, version), kindOf(version), asJson),
        ),
    );
  }
  model.addCommand(
    ofShop('rollback', 'Makes active what was active before; again goes one further back.')
      .option(...kindOption)
      .action(async ({ shop, kind, url, json: asJson }: Options) =>
        sayKind(await (await instanceAt(url)).rollbackModel(shop, kind), kind, asJson),
      ),
  );
  return model;
}

async function list({ shop, url, json: asJson }: Partial<Options>): Promise<void> {
  const client = await instanceAt(url);
  if (shop !== undefined) return sayShop(await client.modelsOf(shop), asJson);
  const answer = await client.models();
  if (asJson) return say(JSON.stringify(answer));
  if (answer.models.length === 0) return say('There is none yet. Train one: npm run train -- --shop SHOP');
  for (const line of answer.models.map(lineOf)) say(line);
}

async function show(version: string, { url, card, json: asJson }: Options): Promise<void> {
  const answer = await (await instanceAt(url)).model(version);
  if (asJson) return say(JSON.stringify(answer));
  if (card) return say(answer.card ?? `${version} came without a card.`);
  say(lineOf(answer));
  const { manifest } = answer;
  const line = (name: string, value: unknown): void => say(`  ${name.padEnd(12)} ${String(value)}`);
  line('predicts', manifest.label);
  line(
    'trained',
    `${manifest.training.rows.toLocaleString('en')} rows of ${manifest.shop}, ${manifest.training.from} to ${manifest.training.to}`,
  );
  line('level', answer.level);
  line('features', `${manifest.features.length}, by the statement ${manifest.featuresSha256.slice(0, 12)}`);
  line('file', `${answer.bytes.toLocaleString('en')} bytes, SHA-256 ${manifest.sha256}`);
  line('added', `${answer.addedAt} by ${answer.addedBy}`);
}

/** Adds what lies in a directory of the trainer. */
async function add(client: InstanceClient, directory: string, kind: ModelKind, name?: string) {
  const { readModelDirectory } = await import('#scoring');
  const { manifest, file, offset, card } = await readModelDirectory(directory, kind);
  return client.addModel({
    ...{ manifest, file: file.toString('base64') },
    ...(offset === undefined ? {} : { offset: offset.toString('base64') }),
    ...(name === undefined ? {} : { name }),
    ...(card === undefined ? {} : { card }),
  });
}

async function publish(directory: string, { shop, kind, url, ifRunning }: Options): Promise<void> {
  const client = await instanceAt(url);
  let there: ShopModelsAnswer;
  try {
    there = await client.modelsOf(shop);
  } catch (error) {
    if (!ifRunning || (error as { code?: string }).code !== 'instance-unreachable') throw error;
    return say(
      `No instance answers, so it is in no registry yet. When one runs: npm run -s cli -- model publish ${directory} --shop ${shop}${kind === 'churn' ? '' : ` --kind ${kind}`}`,
    );
  }
  const { version, added } = await add(client, directory, kind);
  const now = there.kinds.find((each) => each.kind === kind);
  if (now?.active === version || now?.shadow === version) {
    return say(`${version} is ${now.active === version ? 'active' : 'a shadow'} in ${shop} already.`);
  }
  // Never in the place of one that counts: that is a person's decision. Where there is none, a model that passed its gates is better than none.
  const move = now?.active ? 'shadow' : 'promote';
  await client.moveModel(shop, move, version);
  say(
    move === 'promote'
      ? `${version} is ACTIVE in ${shop}: it had no active model. npm run -s cli -- model withdraw ${version} --shop ${shop} takes that back.`
      : `${version} is ${added ? 'added and' : ''} a shadow in ${shop}, beside ${now?.active}. It counts after: npm run -s cli -- model promote ${version} --shop ${shop}`,
  );
}

/** One line of `model list`. */
export function lineOf({ version, kind, model, trainedOn, trainedAsOf, roles, ...its }: ModelListed): string {
  const measures =
    kind === 'clv'
      ? { Gini: its.gini, 'decile error': its.decileError, bias: its.bias }
      : { AUC: its.auc, 'log loss': its.logLoss, ECE: its.ece };
  const used = roles.map(({ shop, role }) => `${role} in ${shop}`).join(', ');
  const good = Object.entries(measures)
    .map(([name, value]) => `${name} ${value === null ? '-' : value.toFixed(3)}`)
    .join(', ');
  return `${version.padEnd(32)} ${model.padEnd(12)} ${good}  trained on ${trainedOn} to ${trainedAsOf.slice(0, 10)}  ${used}`.trimEnd();
}

/** All kinds of a shop, and every move. */
function sayShop(answer: ShopModelsAnswer, asJson: true | undefined): void {
  if (asJson) return say(JSON.stringify(answer));
  for (const { kind, log } of answer.kinds) {
    sayKind(answer, kind, undefined);
    for (const { at, by, move, version } of log) say(`  ${at} ${move.padEnd(9)} ${version} by ${by}`);
  }
}

/** The kind that something was said of. */
function sayKind(answer: ShopModelsAnswer, wanted: string, asJson: true | undefined): void {
  if (asJson) return say(JSON.stringify(answer));
  for (const { kind, active, shadow, before, words } of answer.kinds.filter((each) => each.kind === wanted)) {
    say(`${answer.shop}: ${kind} ${active ?? 'none'}${shadow ? `, shadow ${shadow}` : ''}${before ? `, before it ${before}` : ''}`);
    if (words !== null) say(`  ${words}`);
  }
}

function kindOf(version: string): string {
  return version.slice(0, version.indexOf('-'));
}

function parseKind(text: string): ModelKind {
  const parsed = modelKind.safeParse(text);
  if (!parsed.success) throw new InvalidArgumentError(`It must be ${modelKinds.join(' or ')}.`);
  return parsed.data;
}

function parseVersion(text: string): string {
  const parsed = modelVersion.safeParse(text);
  if (!parsed.success) throw new InvalidArgumentError(`It ${parsed.error.issues[0]?.message ?? 'is no version'}.`);
  return parsed.data;
}
