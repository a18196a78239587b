import type { Schemas } from "../api/client.ts";
import { bytes, count, ratio } from "../ui/format.ts";
import { OfPoints, Tile } from "./tile.tsx";

interface TrafficTilesProps {
  now: Schemas["Usage"];
  before: Schemas["Usage"] | undefined;
  /** What `before` refers to. */
  than?: string;
}

/** What was answered, how much of it from the cache, and how that was before. */
export function TrafficTiles({ now, before, than = "the period before" }: TrafficTilesProps) {
  return (
    <>
      <Tile label="Requests" value={count(now.requests)} now={now.requests} before={before?.requests} than={than} />
      <BytesTile label="Bandwidth" now={now.bandwidth_bytes} before={before?.bandwidth_bytes} than={than} />
      <Tile
        label="Hit ratio"
        value={now.requests === 0 ? "–" : ratio(now.cache_hit_rate)}
        more={now.requests > 0 && <OfPoints now={now.cache_hit_rate} before={before?.cache_hit_rate} />}
      />
      <Tile
        label="Hit ratio by bytes"
        value={now.bandwidth_bytes === 0 ? "–" : ratio(now.byte_hit_rate)}
        exact={`${count(now.cached_bytes)} bytes from the cache, ${count(now.uncached_bytes)} not`}
        more={
          now.bandwidth_bytes > 0 && (
            <OfPoints now={now.byte_hit_rate} before={before?.bandwidth_bytes ? before.byte_hit_rate : undefined} />
          )
        }
      />
    </>
  );
}

/** An amount of data, exact on hover. */
export function BytesTile(figure: { label: string; now: number; before: number | undefined; than: string }) {
  return <Tile {...figure} value={bytes(figure.now)} exact={`${count(figure.now)} bytes`} />;
}
