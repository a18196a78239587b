/** One of the sizes that are compared. */
export interface Asset {
  /** How the table calls it. */
  name: string;
  /** Bytes. */
  size: number;
  path: string;
}

/** Host of every request. Only ours looks at it; the name needs no resolution, since the load goes to a port on loopback. */
export const BENCH_HOST = "bench.rescdn.localhost";

function asset(name: string, size: number): Asset {
  return { name, size, path: `/assets/${size}.js` };
}

export const ASSETS: readonly Asset[] = [asset("1 KiB", 1_024), asset("16 KiB", 16_384), asset("1 MiB", 1_048_576)];

/** The asset that a path names; any query is part of somebody's cache key, not of the asset. */
export function assetAt(url: string): Asset | undefined {
  const [path] = url.split("?", 1);
  return ASSETS.find((known) => known.path === path);
}
