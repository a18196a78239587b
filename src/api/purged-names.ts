import { z } from "@hono/zod-openapi";
import type { PurgeTarget } from "../zones/purge/purges.ts";

/** What a purge names, in the edge's form: paths and queries are normalised. */
export const purgedNames = {
  soft: z.boolean().openapi({ example: false }),
  everything: z.boolean().openapi({ example: false }),
  paths: z.array(z.string()).openapi({ example: ["/assets/v2/reset.css"] }),
  prefixes: z.array(z.string()).openapi({ example: ["/assets/v1/"] }),
  tags: z.array(z.string()).openapi({ example: ["release-41"] }),
};

export function namesOf(targets: readonly PurgeTarget[]) {
  const named = (...kinds: PurgeTarget["kind"][]) =>
    targets.filter(({ kind }) => kinds.includes(kind)).map(({ value }) => value);
  return {
    everything: named("everything").length > 0,
    paths: named("path", "url"),
    prefixes: named("prefix"),
    tags: named("tag"),
  };
}
