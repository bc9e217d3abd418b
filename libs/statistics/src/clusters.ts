/** What was drawn of one customer, shop or day: its members are not independent of one another. */
export interface Cluster {
  readonly size: number;
  /** How many of them count for the share. */
  readonly some: number;
}

/**
 * How many independent draws clusters are worth for the interval of their share: the share's binomial variance over its variance between
 * clusters (the design effect). Never more than there are members; where all members are alike, as many as there are clusters.
 * @param clusters at least one, each with a member
 * @see J. N. K. Rao and A. J. Scott, A simple method for the analysis of clustered binary data, Biometrics 48, 1992
 */
export function effectiveSize(clusters: readonly Cluster[]): number {
  const sum = (of: (cluster: Cluster) => number): number => clusters.reduce((total, cluster) => total + of(cluster), 0);
  const size = sum((cluster) => cluster.size);
  const share = sum(({ some }) => some) / size;
  const many = clusters.length;
  if (many === 1 || share === 0 || share === 1) return many;
  const between = (many / (many - 1)) * (sum((cluster) => (cluster.some - share * cluster.size) ** 2) / size ** 2);
  return between === 0 ? size : Math.min(size, (share * (1 - share)) / between);
}
