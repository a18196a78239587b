import { z } from "@hono/zod-openapi";
import { jsonContent, requiredJson } from "../rest/json-content.ts";
import { operatorRoute } from "./operator-route.ts";
import { nextCursor, pageQuery } from "./pages.ts";

export const takedownSchema = z
  .object({
    id: z.string().openapi({ example: "take_abc123" }),
    account: z.string().openapi({ example: "acct_abc123" }),
    zone: z.string().openapi({ example: "my-assets" }),
    url: z.string().openapi({ example: "https://my-assets.rescdn.io/leak/*" }).describe("Normalised."),
    reference: z.string().openapi({ example: "DSA-2026-0017" }),
    created: z.iso.datetime(),
  })
  .openapi("Takedown");

const takedown = jsonContent(z.object({ takedown: takedownSchema }).openapi("TakedownAnswer"));

export const listTakedownsRoute = operatorRoute({
  method: "get",
  path: "/admin/takedowns",
  operationId: "listTakedowns",
  summary: "List what is blocked (operator only)",
  description: "Oldest first: those of all accounts, or only those of an account or a zone that you name.",
  request: {
    query: z.object({
      ...pageQuery,
      zone: z.string().min(1).max(64).optional().describe("Only those of the zone with this name."),
      account: z.string().min(1).max(64).optional().describe("Only those of the account with this id."),
    }),
  },
  responses: {
    200: {
      description: "Takedowns, oldest first",
      ...jsonContent(z.object({ takedowns: z.array(takedownSchema), next_cursor: nextCursor }).openapi("TakedownList")),
    },
  },
});

export const takeDownRoute = operatorRoute({
  method: "post",
  path: "/admin/takedowns",
  operationId: "takeDown",
  summary: "Block a URL of a zone, or everything that begins with it (operator only)",
  description:
    "The URL answers 451 with the reference to every method, whatever is stored of it, until the takedown is lifted. " +
    "Without a query it is blocked with every query; with * at its end, all paths that begin with it are blocked. It stays blocked if " +
    "the same account deletes the zone and creates it again. A repeated call replaces the reference.",
  request: {
    body: requiredJson(
      z
        .strictObject({
          url: z
            .string()
            .max(8_192)
            .openapi({ example: "https://my-assets.rescdn.io/leak/*" })
            .describe("On one of the hosts that zones are served at, customers' own hostnames included."),
          reference: z
            .string()
            .trim()
            .min(1)
            .max(200)
            .openapi({ example: "DSA-2026-0017" })
            .describe("Shown to the public: a case number, no names."),
        })
        .openapi("NewTakedown"),
    ),
  },
  responses: { 201: { description: "Blocked: the edge knows it", ...takedown } },
  errors: [403, 503],
});

export const liftTakedownRoute = operatorRoute({
  method: "delete",
  path: "/admin/takedowns/{id}",
  operationId: "liftTakedown",
  summary: "Lift a takedown (operator only)",
  description: "Answered when the edge knows it: the URL is then served as before.",
  request: {
    params: z.object({ id: z.string().max(64).openapi({ description: "The takedown's id.", example: "take_abc123" }) }),
  },
  responses: { 204: { description: "Lifted" } },
  errors: [503],
});
