import { createExecutionContext } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { ownCache } from "../../src/edge/cache/own-cache.ts";
import { TIER_FORM, toTierRequest } from "../../src/edge/tier/question.ts";
import type { Tier } from "../../src/edge/tier/tier.ts";
import { createEntry } from "../../src/entry.ts";
import type { ShieldExports } from "../../src/shield.ts";
import type { ZoneDocument } from "../../src/zones/zone.ts";
import { type Play, play } from "./edge.ts";
import { WorkersCache } from "./workers-cache.ts";

/** A location of the network: an isolate of the edge with its own cache and memory. */
export interface Location {
  /** A request to a zone. */
  get(zone: Pick<Play["zone"], "name">, path: string, init?: RequestInit): Promise<Response>;
}

/** Locations that ask origins through the real `Shield`, behind a double of Workers Cache. */
export function network(count: number): { locations: Location[]; cache: WorkersCache } {
  const cache = new WorkersCache();
  return {
    cache,
    locations: Array.from({ length: count }, (_, index) => locationOf(shieldOf(cache, `location ${index}`))),
  };
}

/**
 * A location with this upper tier.
 *
 * @param read what it makes of a zone's document
 */
export function locationOf(
  tier: Tier | null,
  read: (document: ZoneDocument) => ZoneDocument = (document) => document,
): Location {
  const name = `location-${crypto.randomUUID()}`;
  const entry = createEntry(
    () => Promise.reject(new Error("no control plane here")),
    () => ownCache(name),
    () => tier,
    undefined,
    undefined,
    `${name}-documents`,
  );
  // A separate object gets a separate memory of documents.
  const ZONES = {
    async get(key: string, options: KVNamespaceGetOptions<"text">) {
      const found = await env.ZONES.get(key, options);
      return found !== null && key.startsWith("zone:")
        ? JSON.stringify(read(JSON.parse(found) as ZoneDocument))
        : found;
    },
  } as unknown as KVNamespace;
  const bindings = { ...env, ZONES };
  return {
    async get(zone, path, init) {
      const request = new Request(`http://${zone.name}.rescdn.localhost${path}`, init);
      return entry.fetch(request as never, bindings as never, createExecutionContext());
    },
  };
}

/** `Shield` as a location calls it. */
export function shieldOf(cache: WorkersCache, location: string): Tier {
  return {
    ask(key, question, signal) {
      const [url, headers] = toTierRequest(key, question);
      const props = { zone: question.zone.id, form: TIER_FORM };
      const shield = (exports as unknown as ShieldExports).Shield({ props });
      const call = { entrypoint: "Shield", props, request: new Request(url, { headers, signal }), key };
      return cache.fetch(location, call, (request) => shield.fetch(request as never) as never);
    },
  };
}

/** A zone in the zone table with locations that serve it. */
export async function playNetwork(
  count: number,
  ...[settings, change]: Parameters<typeof play>
): Promise<
  Play & ReturnType<typeof network> & { ask(location: number, path: string, init?: RequestInit): Promise<Response> }
> {
  const played = await play(settings, change);
  const { locations, cache } = network(count);
  return {
    ...played,
    locations,
    cache,
    ask: (location, path, init) => locations[location]!.get(played.zone, path, init),
  };
}
