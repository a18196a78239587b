import { z } from "@hono/zod-openapi";
import { LOG_FIELDS } from "./log-settings.ts";

const endpoint = z
  .strictObject({
    type: z.literal("https"),
    url: z
      .string()
      .describe(
        "Where batches are posted to. They are signed like webhooks (Standard Webhooks), over the uncompressed text.",
      ),
  })
  .openapi("LogEndpointChange");

const bucket = z
  .strictObject({
    type: z.literal("s3"),
    endpoint: z
      .string()
      .describe("Scheme and host of a server with an S3 API, such as https://s3.eu-central-1.amazonaws.com."),
    region: z.string().regex(/^[a-z0-9-]{1,40}$/, "must be a region's name, such as eu-central-1 or auto"),
    bucket: z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, "must be a bucket's name"),
    prefix: z
      .string()
      .max(200)
      .regex(/^[\w!'()*.~/-]*$/, "must be letters, digits, and any of - _ . / ! ' ( ) * ~")
      .refine(
        (text) => !text.startsWith("/") && !/(?:^|\/)\.{1,2}(?:\/|$)/.test(text),
        "must not have . or .. as a part of the path",
      )
      .optional()
      .describe("What keys begin with; the zone's name, the hour and the batch's id follow it."),
    access_key_id: z.string().regex(/^[\w./+=-]{1,128}$/, "must be an access key's id"),
  })
  .openapi("LogBucketChange");

/** The setting `logs`, as POST and PATCH take it. The target is named as a whole. */
export const logsSchema = z.strictObject({
  target: z
    .discriminatedUnion("type", [endpoint, bucket], {
      error: ({ code }) => (code === "invalid_union" ? 'must have a type: "https" or "s3"' : undefined),
    })
    .optional(),
  fields: z
    .array(z.enum(LOG_FIELDS))
    .min(1)
    .max(LOG_FIELDS.length)
    .refine((names) => new Set(names).size === names.length, "must name each field once")
    .nullable()
    .optional()
    .describe("The fields of a line; null: all of them."),
  sampling: z
    .number()
    .min(0.0001)
    .max(1)
    .nullable()
    .optional()
    .describe("The share of requests that is logged; null: all."),
  addresses: z
    .enum(["truncated", "full"])
    .nullable()
    .optional()
    .describe("Clients' addresses: only the first 24 bits of IPv4 and 48 of IPv6 (also if null), or in full."),
});
