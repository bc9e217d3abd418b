/** Paths of the API that the pages ask. */

export function shopPath(shop: string, rest: string, query: Readonly<Record<string, string | number | null>> = {}): string {
  const words = new URLSearchParams(
    Object.entries(query).flatMap(([name, value]): [string, string][] => (value === null ? [] : [[name, String(value)]])),
  );
  return `/api/v1/shops/${encodeURIComponent(shop)}/${rest}${words.size === 0 ? '' : `?${words.toString()}`}`;
}

export function modelPath(version: string, rest = ''): string {
  return `/api/v1/models/${encodeURIComponent(version)}${rest}`;
}
