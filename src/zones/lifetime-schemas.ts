import { z } from "@hono/zod-openapi";
import { ALWAYS, limit, refuse } from "./schema-issues.ts";

const DAY_SECONDS = 86_400;
/** How long purges are remembered, minus a day: nothing is stored for longer. */
const LONGEST_EDGE_SECONDS = 30 * DAY_SECONDS;
/** Browsers may be told this much, even if the file leaves the edge earlier. */
const LONGEST_TTL_SECONDS = 365 * DAY_SECONDS;

/** How long something is kept at the edge. */
export const edgeSeconds = z.int().min(0).max(LONGEST_EDGE_SECONDS);
/** How long something is kept, at clients too. */
export const ttlSeconds = z.int().min(0).max(LONGEST_TTL_SECONDS);
/** How long it is remembered that there is nothing. */
export const negativeSeconds = z.int().min(0).max(DAY_SECONDS);
const typeSeconds = ttlSeconds.nullable().optional();

/** Seconds by asset type. */
export const ttl = z.strictObject(
  {
    css: typeSeconds,
    js: typeSeconds,
    font: typeSeconds,
    image: typeSeconds,
    media: typeSeconds,
    other: typeSeconds,
  },
  {
    error: ({ code }) =>
      code === "unrecognized_keys"
        ? "is not a type of asset (css, js, font, image, media, other): to set seconds by extension, use ttl_by_extension"
        : undefined,
  },
);

/** Seconds by extension. */
export const ttlByExtension = z.record(z.string(), ttlSeconds.nullable()).superRefine((ttls, context) => {
  limit(ttls, 100, context);
  for (const extension of Object.keys(ttls)) {
    if (!/^[a-z0-9_-]{1,16}$/.test(extension))
      refuse(context, extension, "must be an extension in lower case, without the dot");
  }
}, ALWAYS);
