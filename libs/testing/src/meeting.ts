/**
 * A place at which several wait for one another.
 * @returns resolves for each who comes once all have
 */
export function meeting(all: number): () => Promise<void> {
  const come: (() => void)[] = [];
  return () =>
    new Promise((go) => {
      come.push(go);
      if (come.length === all) for (const each of come) each();
    });
}
