import { z } from "@hono/zod-openapi";
import { flag } from "../rest/flag.ts";
import { jsonContent, requiredJson } from "../rest/json-content.ts";
import { knownNames, refusedNames } from "../rest/known-names.ts";
import { route } from "./route.ts";
import { originReport, whyReport } from "./why-json.ts";

/** The URL already has its host; the others tell who asks, for which there are parameters. */
const NOT_HEADERS = ["host", "cf-connecting-ip", "x-real-ip"];
const MOST_HEADERS = 50;

const header = z
  .string()
  .max(8_192)
  .regex(/^[\w!#$%&'*+.^`|~-]+:[\t\x20-\x7e]*$/, "must be a field and its value, such as Accept-Language: de")
  .refine((line) => !NOT_HEADERS.includes(line.split(":", 1)[0]!.toLowerCase()), "is not for you to choose here")
  .transform((line): [string, string] => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon), line.slice(colon + 1).trim()];
  });

export const whyRoute = route({
  method: "get",
  path: "/v1/why",
  operationId: "why",
  summary: "What the edge does with a request, and why",
  description:
    "For any URL of your zones, including your own hostnames. The edge decides as it does for clients, but counts, stores and forgets nothing. What is stored is shown for the location that answers; for `npm run serve` with several processes, for the process that answers. With `ask_origin` the origin is asked live, at most 30 times a minute for an account.",
  tags: ["Why"],
  scope: "zones:read",
  request: {
    query: z.object({
      url: z
        .string()
        .max(8_192)
        .refine(
          (text) => /^https?:$/.test(URL.parse(text)?.protocol ?? ""),
          "must be a URL that begins with https:// or http://",
        )
        .describe("As a client asks for it. `&`, `+`, `#` and `%` in it must be written `%26`, `%2B`, `%23`, `%25`."),
      method: z
        .enum(["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"])
        .default("GET")
        .describe("The request's method."),
      header: z
        .union([header.transform((one) => [one]), z.array(header).max(MOST_HEADERS)])
        .optional()
        .openapi({ type: "array", items: { type: "string" } })
        .describe("A header field of the request, such as `Accept-Language: de`; may be repeated."),
      address: z
        .union([z.ipv4("must be an address"), z.ipv6("must be an address")])
        .optional()
        .openapi({ type: "string" })
        .describe("The client's address; left out: yours."),
      country: z
        .string()
        .regex(/^[A-Z]{2}$/, "must be two capital letters (ISO 3166)")
        .optional()
        .describe("The client's country; left out: yours."),
      ask_origin: flag
        .optional()
        .describe("Whether the origin is asked as well: what it answers, and whether that is stored."),
    }),
  },
  responses: { 200: { description: "What the edge does, and why", ...jsonContent(whyReport) } },
  errors: [404],
});

export const originCheckRoute = route({
  method: "post",
  path: "/v1/origin-check",
  operationId: "checkOrigin",
  summary: "Look at an origin before there is a zone",
  description:
    "Asks it live for a path, as a new zone would: whether it answers, what it says, which type and lifetime the answer would get, and whether it would be stored. It has five seconds to begin. At most 30 times a minute for an account.",
  tags: ["Why"],
  scope: "zones:read",
  request: {
    body: requiredJson(
      knownNames(
        {
          origin: z.string().openapi({ example: "https://your-origin.com" }).describe("Its https URL."),
          path: z
            .string()
            .max(8_192)
            .regex(/^\/[^#\s\\\x00-\x1f\x7f]*$/, "must begin with /, without blanks or a fragment")
            .default("/")
            .openapi({ example: "/assets/site.css" })
            .describe("A path on it, with a query if you need one."),
        },
        refusedNames("is called origin here", "url", "host"),
      ).openapi("OriginCheck", { example: { origin: "https://your-origin.com", path: "/assets/site.css" } }),
    ),
  },
  responses: { 200: { description: "What it answers", ...jsonContent(originReport) } },
});
