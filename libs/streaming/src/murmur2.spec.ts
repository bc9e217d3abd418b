import kafkajs from 'kafkajs';
import { expect, it } from 'vitest';
import { murmur2, partitionOf } from './murmur2.js';

it('is the hash of the Java client, by its own examples', () => {
  const examples = {
    '21': -973_932_308,
    foobar: -790_332_482,
    'a-little-bit-long-string': -985_981_536,
    'a-little-bit-longer-string': -1_486_304_829,
    lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8: -58_897_971,
    abc: 479_470_107,
  };
  for (const [key, hash] of Object.entries(examples)) expect(murmur2(Buffer.from(key)), key).toBe(hash);
});

it('puts every key where kafkajs puts it', () => {
  const choose = kafkajs.Partitioners.DefaultPartitioner();
  const keys = [
    '',
    'ü',
    '漢字',
    '🛒',
    '\0',
    ...Array.from({ length: 500 }, (_, index) => 'customer-äbc'.slice(index % 13) + String(index)),
  ];
  for (const partitions of [1, 6, 12]) {
    const partitionMetadata = Array.from({ length: partitions }, (_, partitionId) => ({ partitionId, leader: 1 }) as never);
    for (const key of keys)
      expect(partitionOf(key, partitions), key).toBe(choose({ topic: 't', partitionMetadata, message: { key, value: '' } }));
  }
});
