import { z } from "@hono/zod-openapi";
import { jsonContent, requiredJson } from "../rest/json-content.ts";
import { knownNames, refusedNames } from "../rest/known-names.ts";
import { country } from "../zones/access-schema.ts";
import { route } from "./route.ts";

/** Ten years. */
export const LONGEST_SECONDS = 315_360_000;
const countries = z.array(country).min(1).max(250).optional();

export const signRoute = route({
  method: "post",
  path: "/v1/zones/{id}/sign",
  operationId: "signUrl",
  summary: "Sign a URL of a zone",
  description:
    "For those without a signer of their own. The tokens are those of bunny.net, version 2, for which many languages have signers.",
  tags: ["Signed URLs"],
  scope: "zones:write",
  request: {
    params: z.object({ id: z.string().openapi({ description: "The zone's id or name.", example: "zone_abc123" }) }),
    body: requiredJson(
      knownNames(
        {
          path: z
            .string()
            .min(1)
            .max(8_192)
            .openapi({ description: "A path with its query, or a URL of the zone.", example: "/films/a.mp4" }),
          expires_in: z
            .int()
            .min(1)
            .max(LONGEST_SECONDS)
            .optional()
            .describe("For how many seconds it is valid. Left out: 3600, unless `expires` is given."),
          expires: z.iso.datetime({ offset: true }).optional().describe("When it expires, instead of `expires_in`."),
          token_path: z
            .string()
            .min(1)
            .max(1_024)
            .optional()
            .openapi({ description: "It is valid for every path that begins with this.", example: "/films/" }),
          countries: countries.describe("The only countries where it is valid."),
          countries_blocked: countries.describe("Countries where it is not valid."),
          address: z.string().max(64).optional().describe("The only client for which it is valid; of IPv6, its /64."),
          ignore_params: z.boolean().optional().describe("Whether other parameters may be added and changed."),
          limit: z.int().min(1).max(1_000_000_000).optional().describe("kB a second; signed, but not enforced."),
          form: z
            .enum(["query", "path"])
            .optional()
            .describe('"path": for pages whose relative references inherit the token, such as HLS playlists.'),
          key: z.string().min(1).max(64).optional().describe("The id of the key that signs. Left out: the newest."),
        },
        refusedNames("is called path here", "url"),
      )
        .refine(({ expires, expires_in }) => expires === undefined || expires_in === undefined, {
          error: "must not be given beside expires_in",
          path: ["expires"],
        })
        .openapi("SigningOrder", { example: { path: "/films/a.mp4", expires_in: 3600, countries: ["DE", "FR"] } }),
    ),
  },
  responses: {
    200: {
      description: "The signed URL",
      ...jsonContent(
        z
          .object({
            url: z.url().openapi({
              example:
                "https://my-assets.rescdn.io/films/a.mp4?token=HS256-o10JRWlsAItyAsdKS6jJKjabHN4FrFsplDHPV1idcX4&expires=1898024587",
            }),
            expires: z.iso.datetime().openapi({ example: "2030-02-22T10:03:07Z" }),
            key: z.string().openapi({ description: "The id of the key that signed.", example: "sign_abc123" }),
          })
          .openapi("SignedUrl"),
      ),
    },
  },
  errors: [503],
});
