import { type Surface, surfaceOf } from "../../hosts.ts";
import { BoundedMap } from "../../memo/bounded-map.ts";
import type { Settings } from "../../settings.ts";
import type { ZoneDocument } from "../../zones/zone.ts";
import { type Target, targetOf } from "./target.ts";

/** Where a request's URL leads, parsed once for as long as it is remembered. */
export interface Route {
  readonly url: URL;
  readonly surface: Surface;
  /** The target for the zone version and the rules of the last request. */
  target: { zone: string; version: number; ruled: string; target: Target } | null;
}

/** How many URLs are remembered. */
const BOUND = 4_096;

/** URLs longer than this are not remembered. */
const LONGEST = 1_024;

/**
 * Matches a URL with a path right after its host. A client may send anything as its `Host`: if that had a query or a fragment,
 * `URL` would read it one way, and code that searches the text for the path another.
 */
const HAS_PATH = /^https?:\/\/[^/?#\\@]+\//;

/**
 * The routes of an isolate. Parsing a URL takes longer than everything else that a hot answer needs. When this is full it
 * forgets everything: what is hot is back at once, and a stream of URLs that are asked for only once costs nothing else.
 */
export class Routes {
  readonly #known = new BoundedMap<string, Route>({ entries: BOUND }, "everything");
  readonly #settings: Settings;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  /**
   * Null: the URL cannot be read.
   *
   * @param text a request's URL, as in `Request.url`
   */
  routeOf(text: string): Route | null {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const url = HAS_PATH.test(text) ? URL.parse(text) : null;
    if (url === null) return null;
    const route: Route = { url, surface: surfaceOf(url, this.#settings), target: null };
    if (text.length <= LONGEST) this.#known.set(text, route);
    return route;
  }
}

/**
 * What a request by this route asks of a zone.
 *
 * @param ruled as {@link targetOf} takes it
 */
export function targetIn(route: Route, zone: ZoneDocument, ruled = ""): Target {
  const known = route.target;
  if (known !== null && known.zone === zone.id && known.version === zone.version && known.ruled === ruled)
    return known.target;
  const target = targetOf(route.url, zone, ruled);
  route.target = { zone: zone.id, version: zone.version, ruled, target };
  return target;
}
