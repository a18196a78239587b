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
    "Of any URL of your zones, your own hostnames included, decided by what decides it for clients, without counting, storing or forgetting anything. What is stored is told as it is in the location that answers; of `npm run serve` with several processes, in the one that answers. With `ask_origin` the origin is asked live, 30 times a minute for an account at most.",
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
        .describe(
          "As a client asks for it. `&`, `+`, `#` and `%` in it have to be written `%26`, `%2B`, `%23`, `%25`.",
        ),
      method: z
        .enum(["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"])
        .default("GET")
        .describe("What it is asked by."),
      header: z
        .union([header.transform((one) => [one]), z.array(header).max(MOST_HEADERS)])
        .optional()
        .openapi({ type: "array", items: { type: "string" } })
        .describe("A field of the request, `Accept-Language: de`; may be given again."),
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
  responses: { 200: { description: "What it does, and why", ...jsonContent(whyReport) } },
  errors: [404],
});

export const originCheckRoute = route({
  method: "post",
  path: "/v1/origin-check",
  operationId: "checkOrigin",
  summary: "Look at an origin before there is a zone",
  description:
    "Asks it live for a path, as a new zone would: whether it is there, what it says, which type and lifetime the answer would get, and whether it would be stored. It has five seconds to begin; 30 times a minute for an account at most.",
  tags: ["Why"],
  scope: "zones:read",
  request: {
    body: requiredJson(
      knownNames(
        {
          origin: z.string().openapi({ example: "https://your-origin.com" }).describe("By its https URL."),
          path: z
            .string()
            .max(8_192)
            .regex(/^\/[^#\s\\\x00-\x1f\x7f]*$/, "must begin with /, without blanks or a fragment")
            .default("/")
            .openapi({ example: "/assets/site.css" })
            .describe("A path of yours, with a query if need be."),
        },
        refusedNames("is called origin here", "url", "host"),
      ).openapi("OriginCheck", { example: { origin: "https://your-origin.com", path: "/assets/site.css" } }),
    ),
  },
  responses: { 200: { description: "What it answers", ...jsonContent(originReport) } },
});
