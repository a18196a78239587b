import { z } from "@hono/zod-openapi";
import { type HeaderUse, isHeaderValue, refusalOfHeaderName } from "./header-rules.ts";
import { ALWAYS, type Context, limit, refuse } from "./schema-issues.ts";

const flag = z.boolean().nullable().optional();

/** Which parts of a client's request the origin sees. */
export const forward = z.strictObject({
  headers: z
    .union([z.literal("all"), z.array(z.string().toLowerCase()).max(50)], {
      error: 'must be "all" or a list of header names',
    })
    .superRefine((names, context) => {
      if (names === "all") return;
      for (const [index, name] of names.entries()) refuseHeader(context, index, name, "forward");
    })
    .nullable()
    .optional(),
  cookies: flag,
  authorization: flag,
  client_ip: flag.describe("Whether the origin gets the client's address, as `X-Forwarded-For`."),
});

/** Header fields with their values, by what they are for. */
export const headers = (use: HeaderUse) =>
  z.record(z.string().toLowerCase(), z.string().max(1_024).nullable()).superRefine((values, context) => {
    limit(values, 50, context);
    for (const [name, value] of Object.entries(values)) {
      refuseHeader(context, name, name, use);
      if (typeof value === "string" && !isHeaderValue(value))
        refuse(context, name, "must be visible ASCII without line ends");
    }
  }, ALWAYS);

function refuseHeader(context: Context, at: string | number, name: string, use: HeaderUse): void {
  const reason = refusalOfHeaderName(name, use);
  if (reason !== null) refuse(context, at, reason);
}
