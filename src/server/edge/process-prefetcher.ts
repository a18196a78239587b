import type { AskEdge } from "../../prefetch/ask-edge.ts";
import { Prefetcher } from "../../prefetch/prefetcher.ts";
import { ASKED_URL, type EdgeBindings } from "./inspection.ts";

/** The prefetcher of a server: it fetches things to the cache of each edge process. */
export class ProcessPrefetcher extends Prefetcher {
  override edges(): AskEdge[] | Promise<AskEdge[]> {
    const env = this.env as EdgeBindings;
    const names = Object.keys(env).filter((name): name is keyof EdgeBindings => /^EDGE_\d+$/.test(name));
    if (names.length === 0) return super.edges();
    return names.map((name) => ({ url, headers, signal }) => {
      const asked = new Headers(headers);
      asked.set(ASKED_URL, url);
      return env[name]!.fetch("http://edge/", { headers: asked, signal, redirect: "manual" });
    });
  }
}
