/** What decides between versions of one order, return or customer. A revision that was read as text counts as the number it is. */
interface Version {
  readonly revision: bigint | string;
  readonly hash: string;
}

/** Whether a version wins over another: the highest revision, then the highest content hash, never the order of arrival. */
export function beats(version: Version, other: Version): boolean {
  const [a, b] = [BigInt(version.revision), BigInt(other.revision)];
  return a > b || (a === b && version.hash > other.hash);
}
