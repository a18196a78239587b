import { z } from "@hono/zod-openapi";
import { GONE_DAYS } from "../hostnames/judge-claim.ts";
import { jsonContent, requiredJson } from "../rest/json-content.ts";
import { knownNames } from "../rest/known-names.ts";
import { hostnameSchema } from "./hostname-json.ts";
import { nextCursor, pageQuery } from "./pages.ts";
import { route } from "./route.ts";

const id = z.string().openapi({ description: "The zone's id or name.", example: "zone_abc123" });
const hostname = z
  .string()
  .max(1_000)
  .openapi({ description: "In Unicode or in ASCII; upper and lower case are the same.", example: "cdn.example.com" });
const params = z.object({ id, hostname });
const shown = (description: string) => ({ description, ...jsonContent(hostnameSchema) });

export const listHostnamesRoute = route({
  method: "get",
  path: "/v1/zones/{id}/hostnames",
  operationId: "listHostnames",
  summary: "List the hostnames of your own that a zone is served at",
  description: "Oldest first: those that are served, and those that are still to be proven.",
  tags: ["Hostnames"],
  scope: "zones:read",
  request: { params: z.object({ id }), query: z.object(pageQuery) },
  responses: {
    200: {
      description: "Hostnames, oldest first",
      ...jsonContent(z.object({ hostnames: z.array(hostnameSchema), next_cursor: nextCursor }).openapi("HostnameList")),
    },
  },
});

export const addHostnameRoute = route({
  method: "post",
  path: "/v1/zones/{id}/hostnames",
  operationId: "addHostname",
  summary: "Serve a zone at a hostname of your own",
  description: `It is served once you have proven that it is yours: with the TXT record that the answer names, which must stay, or,
before the hostname leads here, with a file on the server that it leads to. Then set its CNAME to \`target\`. The proof is looked
for every minute at first, later less often, and at once when you ask for a check. When it has been gone for ${GONE_DAYS} days, the
hostname is no longer served; as long as nobody can tell whether it is gone, it is. A hostname is never served for two accounts:
it belongs to the one that can still prove it.`,
  tags: ["Hostnames"],
  scope: "zones:write",
  request: {
    params: z.object({ id }),
    body: requiredJson(
      knownNames({
        hostname: hostname.describe("One name, no wildcard; in Unicode or in ASCII."),
      }).openapi("NewHostname"),
    ),
  },
  responses: {
    201: {
      ...shown("Added, and still to be proven"),
      headers: z.object({ Location: z.string().describe("Where the hostname is read.") }),
    },
  },
  errors: [409],
});

export const readHostnameRoute = route({
  method: "get",
  path: "/v1/zones/{id}/hostnames/{hostname}",
  operationId: "readHostname",
  summary: "Read a hostname",
  description: "How to prove it, its state, what the last check said, and how far its certificate is.",
  tags: ["Hostnames"],
  scope: "zones:read",
  request: { params },
  responses: { 200: shown("The hostname") },
});

export const checkHostnameRoute = route({
  method: "post",
  path: "/v1/zones/{id}/hostnames/{hostname}/check",
  operationId: "checkHostname",
  summary: "Look for a hostname's proof now",
  description:
    "Looks in DNS, and also for the file where that counts. This takes some seconds if a server does not answer.",
  tags: ["Hostnames"],
  scope: "zones:write",
  request: { params },
  responses: { 200: shown("The hostname after the check") },
  errors: [503],
});

export const removeHostnameRoute = route({
  method: "delete",
  path: "/v1/zones/{id}/hostnames/{hostname}",
  operationId: "removeHostname",
  summary: "Stop serving a zone at a hostname",
  description: "Its certificate is deleted with it. Remove its CNAME too: it would lead nowhere.",
  tags: ["Hostnames"],
  scope: "zones:write",
  request: { params },
  responses: { 204: { description: "It is no longer served" } },
  errors: [503],
});
