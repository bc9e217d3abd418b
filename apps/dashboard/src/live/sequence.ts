/**
 * Order of two `seq` of a room: generation, a dot, a counter. Generations pass 2^53, so they compare as whole numbers of any length.
 * @returns negative, zero or positive as `a` is older than, equal to or newer than `b`
 */
export function compareSeq(a: string, b: string): number {
  const [left, right] = [parts(a), parts(b)];
  for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
    const [x, y] = [left[index] ?? 0n, right[index] ?? 0n];
    if (x !== y) return x < y ? -1 : 1;
  }
  return 0;
}

function parts(seq: string): bigint[] {
  return seq.split('.').map((part) => (/^\d+$/.test(part) ? BigInt(part) : 0n));
}
