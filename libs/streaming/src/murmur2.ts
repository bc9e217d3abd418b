/**
 * The hash by which Kafka's own clients put a key on a partition (`Utils.murmur2` of the Java client). kafkajs computes it with `BigInt`,
 * which takes twenty times as long.
 * @returns 32 bits, signed
 */
export function murmur2(bytes: Uint8Array): number {
  const multiplier = 0x5bd1e995;
  const at = (index: number): number => bytes[index] ?? 0;
  const whole = bytes.length & ~3;
  let hash = 0x9747b28c ^ bytes.length;
  for (let index = 0; index < whole; index += 4) {
    let part = at(index) | (at(index + 1) << 8) | (at(index + 2) << 16) | (at(index + 3) << 24);
    part = Math.imul(part, multiplier);
    part = Math.imul(part ^ (part >>> 24), multiplier);
    hash = Math.imul(hash, multiplier) ^ part;
  }
  if (whole < bytes.length) {
    hash = Math.imul(hash ^ (at(whole) | (at(whole + 1) << 8) | (at(whole + 2) << 16)), multiplier);
  }
  hash = Math.imul(hash ^ (hash >>> 13), multiplier);
  return hash ^ (hash >>> 15);
}

/** The partition of a key: the same as every producer of Kafka's default partitioner chooses. */
export function partitionOf(key: string, partitions: number): number {
  return (murmur2(Buffer.from(key)) & 0x7fffffff) % partitions;
}
