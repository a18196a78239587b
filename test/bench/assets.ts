/** One of the sizes that are compared. */
export interface Asset {
  /** Its name in the table. */
  name: string;
  /** Bytes. */
  size: number;
  path: string;
}

/**
 * Host of every request. Only our server looks at it. The name need not be resolved, since the load goes to a port on loopback.
 */
export const BENCH_HOST = "bench.rescdn.localhost";

function asset(name: string, size: number): Asset {
  return { name, size, path: `/assets/${size}.js` };
}

export const ASSETS: readonly Asset[] = [asset("1 KiB", 1_024), asset("16 KiB", 16_384), asset("1 MiB", 1_048_576)];

/** The asset that a path names; a query belongs to somebody's cache key, not to the asset. */
export function assetAt(url: string): Asset | undefined {
  const [path] = url.split("?", 1);
  return ASSETS.find((known) => known.path === path);
}
