import { expect, it } from 'vitest';
import type { Collected } from './documents.js';
import { runImport } from './import-run.js';
import type { InstanceClient } from './instance-client.js';
import type { Mapping } from './mapping.js';

/** An instance in a network of its own, as far as an import asks before it sends. */
const client = {
  registerShop: () => Promise.resolve(),
  shop: () => Promise.resolve({ status: 'ready' }),
  pipeline: () => Promise.resolve({ kafka: { brokers: ['kafka:9092'] }, shops: [] }),
} as unknown as InstanceClient;

/** The brokers that an import asks for. */
async function asked(brokers?: readonly string[]): Promise<readonly string[] | undefined> {
  let opened: readonly string[] | undefined;
  const openStreaming = (at: readonly string[]): never => {
    opened = at;
    throw new Error('enough');
  };
  await expect(runImport({} as Collected, { shop: 'my-shop', mapping: {} as Mapping, client, brokers, openStreaming })).rejects.toThrow(
    'enough',
  );
  return opened;
}

it('sends to the brokers that it is told of, else to those that the instance names', async () => {
  expect(await asked(['127.0.0.1:29092'])).toEqual(['127.0.0.1:29092']);
  expect(await asked()).toEqual(['kafka:9092']);
});
