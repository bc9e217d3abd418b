// Writes the JSON Schema of every event to docs/contracts/, or with --check fails when a file differs from its contract.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { topics } from '../dist/libs/contracts/src/index.js';

const directory = 'docs/contracts';
const check = process.argv.includes('--check');
const wanted = new Map();
for (const [topic, { events, key, partitions }] of Object.entries(topics)) {
  for (const event of events) {
    const type = event.shape.type.value;
    const schema = {
      ...z.toJSONSchema(event, { target: 'draft-2020-12', io: 'input' }),
      title: type,
      description: `Event on <shop>.${topic} (${partitions} partitions, key: ${key}). Made from libs/contracts by: npm run contracts`,
    };
    wanted.set(`${type}.json`, `${JSON.stringify(schema, null, 2)}\n`);
  }
}

mkdirSync(directory, { recursive: true });
const present = readdirSync(directory).filter((file) => file.endsWith('.json'));
const stale = present.filter((file) => !wanted.has(file));
const differing = [...wanted].filter(([file, text]) => !present.includes(file) || readFileSync(`${directory}/${file}`, 'utf8') !== text);
if (check) {
  const faults = [
    ...stale.map((file) => `${file}: no contract makes it`),
    ...differing.map(([file]) => `${file}: differs from its contract`),
  ];
  if (faults.length > 0) {
    console.error(`${faults.join('\n')}\nRun: npm run contracts`);
    process.exit(1);
  }
  console.log(`${wanted.size} event schemas agree with their contracts`);
} else {
  for (const file of stale) rmSync(`${directory}/${file}`);
  for (const [file, text] of wanted) writeFileSync(`${directory}/${file}`, text);
  console.log(`${wanted.size} event schemas written to ${directory}`);
}
