import { z } from "@hono/zod-openapi";
import { isHeaderValue, refusalOfHeaderName } from "./header-rules.ts";

/** How many origins a zone may have. */
const MOST_ORIGINS = 8;
const LONGEST_SECRET = 2_048;

/** No URL looks like this. */
export const ORIGIN_NAME = /^[a-z0-9-]{1,32}$/;

const visible = (most: number) =>
  z
    .string()
    .min(1)
    .max(most)
    .regex(/^[\x21-\x7e]+$/, "must be visible ASCII without spaces");

/** If absent, it stays the same as long as the server does, so that what the API shows can be sent back. */
const secret = (schema: z.ZodString) => schema.optional();

/** When the secret was given. It may be sent back as it was shown, and changes nothing. */
const shown = z.iso.datetime().optional().describe("As it was shown; has no effect.");

const s3 = z
  .strictObject({
    type: z.literal("s3"),
    region: z
      .string()
      .regex(/^[a-zA-Z0-9-]{1,50}$/, "must be a region, such as us-east-1, or auto")
      .openapi({ example: "eu-central-1" }),
    access_key_id: visible(128)
      .regex(/^[^/,=]*$/, "must be the key's id alone")
      .openapi({ example: "AKIAIOSFODNN7EXAMPLE" }),
    secret: secret(visible(LONGEST_SECRET)).describe("Never shown again. Left out: it stays the same."),
    secret_set: shown,
  })
  .openapi("BucketAuth");

const basic = z
  .strictObject({
    type: z.literal("basic"),
    // RFC 7617 §2: "a user-id containing a colon character is invalid".
    username: z
      .string()
      .max(256)
      .regex(/^[^:\u0000-\u001f\u007f]*$/, "must have no colon and no control characters")
      .openapi({ example: "staging" }),
    password: secret(
      z
        .string()
        .max(LONGEST_SECRET)
        .regex(/^[^\u0000-\u001f\u007f]*$/, "must have no control characters"),
    ).describe("Never shown again. Left out: it stays the same."),
    secret_set: shown,
  })
  .openapi("BasicAuth");

const bearer = z
  .strictObject({
    type: z.literal("bearer"),
    token: secret(
      z
        .string()
        .max(LONGEST_SECRET)
        .regex(/^[A-Za-z0-9._~+/-]+=*$/, "must be a token in the form of RFC 6750"),
    ).describe("Never shown again. Left out: it stays the same."),
    secret_set: shown,
  })
  .openapi("BearerAuth");

/** How the edge authenticates to an origin, as a customer writes it. */
export const originAuthSchema = z.discriminatedUnion("type", [s3, basic, bearer], {
  error: ({ code }) => (code === "invalid_union" ? 'must have a type: "s3", "basic" or "bearer"' : undefined),
});

export type OriginAuthPatch = z.output<typeof originAuthSchema>;

const headers = z.record(z.string().toLowerCase(), z.string().max(1_024)).superRefine((values, context) => {
  const refuse = (name: string, message: string) => context.addIssue({ code: "custom", path: [name], message });
  if (Object.keys(values).length > 20) context.addIssue({ code: "custom", message: "must have at most 20 names" });
  for (const [name, value] of Object.entries(values)) {
    const reason = refusalOfHeaderName(name, "origin_headers");
    if (reason !== null) refuse(name, reason);
    if (!isHeaderValue(value)) refuse(name, "must be visible ASCII without line ends");
  }
});

const listed = z
  .strictObject({
    name: z
      .string()
      .regex(ORIGIN_NAME, "must be 1 to 32 lower-case letters, digits and hyphens")
      .openapi({ example: "primary" })
      .describe("Its name in `Cache-Status` and in logs."),
    url: z.string().openapi({ example: "https://a.example.com" }),
    weight: z
      .int()
      .min(0)
      .max(1_000)
      .optional()
      .describe("Its share of the URLs that go to it first. Left out: 1 for the first in the list, 0 for the others."),
    drain: z.boolean().optional().describe("Whether it gets no new requests."),
    host: z.string().optional().describe("As `origin_host`."),
    headers: headers.optional().describe("Set on requests to this origin alone."),
    auth: originAuthSchema.nullable().optional().describe("As `origin_auth`."),
  })
  .openapi("ListedOriginChange");

/** All origins of a zone. */
export const originsSchema = z
  .array(listed)
  .max(MOST_ORIGINS)
  .superRefine((origins, context) => {
    const names = origins.map(({ name }) => name);
    for (const [index, name] of names.entries())
      if (names.indexOf(name) < index)
        context.addIssue({ code: "custom", path: [index, "name"], message: "is already the name of another one" });
    if (origins.length > 0 && origins.every(({ drain }) => drain))
      context.addIssue({
        code: "custom",
        message: "must have at least one origin that is not drained: to stop a zone, pause it",
      });
  });

export type OriginsPatch = z.output<typeof originsSchema>;

const status = z.union([z.literal("5xx"), z.int().min(400).max(599)], {
  error: 'must be "5xx" or a status from 400 to 599',
});

/** When the next origin is asked. PATCH merges it. */
export const failoverSchema = z.strictObject({
  statuses: z
    .array(status)
    .max(50)
    .nullable()
    .optional()
    .describe('What counts as a failure, besides no answer. Left out: `["5xx"]`.'),
  retries: z
    .int()
    .min(0)
    .max(5)
    .nullable()
    .optional()
    .describe("How many more times origins are asked for one request. Left out: each of the others once, 3 at most."),
  check_path: z
    .string()
    .max(500)
    .regex(/^\/[\x21-\x7e]*$/, "must be a path that begins with /")
    .nullable()
    .optional()
    .describe("A path, below each origin's own, that every origin is asked for every minute. Left out: none."),
});

/** How many requests an isolate makes to a zone's origins at the same time. PATCH merges it. */
export const originLimitSchema = z.strictObject({
  concurrent: z.int().min(1).max(10_000).optional().openapi({ example: 20 }),
  queue: z.int().min(0).max(10_000).nullable().optional().describe("How many wait. Left out: ten times as many."),
  wait_ms: z.int().min(0).max(30_000).nullable().optional().describe("For how long each waits. Left out: 1000."),
});
