import { z } from "@hono/zod-openapi";

/** Yes or no, in a query. */
export const flag = z.enum(["true", "false", "1", "0"]).transform((text) => text === "true" || text === "1");
