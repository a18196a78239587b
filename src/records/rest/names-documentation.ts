import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import type { RestEnv } from "../../rest/context.ts";
import { jsonContent } from "../../rest/json-content.ts";

const NAMES = `\`<operation>.[token.]*[label.]*<resource>.<namespace>.<version>.resolvedb.<com|net|org|io>\`, type TXT. Case does not
matter. A label before the resource may be encoded: \`b32-\` (Base32 without padding), \`hex-\` or \`b64-\` (Base64url without
padding). Case matters in Base64, but many resolvers change it at random: use \`b64-\` only by DNS over HTTPS to this server.

| operation | answers |
|---|---|
| \`get\` | a record: \`v=rdb1;s=ok;t=data;f=json;ttl=3600;ts=…;d={…}\`; with \`e=b64\`, \`d\` is Base64url, as it is for all but printable ASCII without \`;\`. \`f\` is \`json\`, \`text\` or \`binary\` |
| \`info\` | a record's size, format, times, revision and the beginning of its SHA-256 |
| \`list.<resource>.…\`, \`list.<namespace>.<version>\` | labels below a resource; resources of a namespace. At most 1,000 in alphabetical order, with \`more=1\` if there are others |
| \`search.<text>.[resource.]<namespace>.<version>\` | keys that contain a text before their namespace, among the first 10,000 of the namespace |
| \`health\` | \`s=ok\` |

\`put\`, \`delete\`, \`watch\` and \`geoip\` are not answered over DNS: E002. Errors are TXT answers with RCODE 0:
\`v=rdb1;s=invalid;err=E001\` (not in this form), \`E002\` (no such operation or version), \`E003\` (a label does not decode),
\`s=notfound;err=E004\` (no such record), \`E005\` (no such namespace or resource), \`s=auth;err=E006\` (a private namespace, and
no token), \`E007\` (a token that does not open it, or no longer). They may be cached for 5 s. Other types of a name
have no data, ANY gets a HINFO record (RFC 8482), other zones are REFUSED.

A private namespace answers only names that contain one of its query tokens. In these answers every TTL is 0, and
\`Cache-Control\` says \`private, no-store\`. TTLs do not count down: this is the authority, not a cache.

A name that is not yet known where it is asked costs a look-up. A client has 1,000 of these at once, and 100 more a second.
For lists, searches and tokens that do not exist it has 30, and one more a second. Beyond that the answer is 429.`;

/** For paths that the app does not answer itself: its common headers are missing there. */
export const NAME_PATHS = ["/dns-query", "/resolve"];

const refusal = (description: string) => ({ description, content: { "text/plain": { schema: z.string() } } });
const RETRY_AFTER = { "Retry-After": { description: "Seconds.", schema: { type: "integer" as const } } };
const message = z.string().openapi({ format: "binary" });
const dnsAnswer = {
  200: {
    description: "Any DNS answer, whatever its RCODE. `Cache-Control: max-age` is the smallest TTL (RFC 8484 §5.1)",
    content: { "application/dns-message": { schema: message } },
  },
  400: refusal("Not a DNS message"),
  429: { ...refusal("Too many queries that cost a look-up"), headers: RETRY_AFTER },
  413: refusal("More than 4,096 octets, or 8,192 characters of Base64url"),
};
const tags = ["Names"];
const security: [] = [];

const record = z
  .object({
    name: z.string().openapi({ example: "get.config.myapp.v1.resolvedb.net." }),
    type: z.int().openapi({ example: 16 }),
    TTL: z.int().openapi({ example: 3_600 }),
    data: z.string().openapi({ example: 'v=rdb1;s=ok;t=data;f=json;ttl=3600;ts=1772359200;d={"a":1}' }),
  })
  .openapi("DnsRecord");
const problem = z
  .object({
    error: z
      .object({
        code: z.string().openapi({ example: "validation_error" }),
        message: z.string().openapi({ example: "The parameter name is missing" }),
      })
      .openapi("DnsError"),
  })
  .openapi("DnsErrorAnswer");
const flag = z.enum(["0", "1", "false", "true"]).optional();

const routes = [
  createRoute({
    method: "get",
    path: "/dns-query",
    operationId: "queryByGet",
    summary: "DNS over HTTPS (RFC 8484)",
    description: NAMES,
    tags,
    security,
    request: { query: z.object({ dns: z.base64url().describe("A DNS message, without padding.") }) },
    responses: dnsAnswer,
  }),
  createRoute({
    method: "post",
    path: "/dns-query",
    operationId: "queryByPost",
    summary: "DNS over HTTPS (RFC 8484)",
    description: "As by GET. This way, a name with a query token is not part of a URL.",
    tags,
    security,
    request: { body: { required: true, content: { "application/dns-message": { schema: message } } } },
    responses: { ...dnsAnswer, 415: refusal("Not `application/dns-message`") },
  }),
  createRoute({
    method: "get",
    path: "/resolve",
    operationId: "resolve",
    summary: "DNS as JSON",
    description: "In the format of Google's public DNS. The text of a TXT record is one string without quotes.",
    tags,
    security,
    request: {
      query: z.object({
        name: z.string().max(253).describe("A DNS name.").openapi({ example: "get.config.myapp.v1.resolvedb.net" }),
        type: z.string().default("A").describe("A type's name or number.").openapi({ example: "TXT" }),
        cd: flag.describe("Repeated in the answer."),
        do: flag.describe("Has no effect: the zones are not signed."),
        edns_client_subnet: z.string().optional().describe("Has no effect: a name has the same answer for everybody."),
        random_padding: z.string().optional().describe("Has no effect."),
      }),
    },
    responses: {
      200: {
        description: "Any DNS answer; `Status` is its RCODE",
        content: {
          "application/dns-json": {
            schema: z
              .object({
                Status: z.int(),
                TC: z.boolean(),
                RD: z.boolean(),
                RA: z.boolean(),
                AD: z.boolean(),
                CD: z.boolean(),
                Question: z.array(
                  z
                    .object({
                      name: z.string().openapi({ example: "get.config.myapp.v1.resolvedb.net." }),
                      type: z.int().openapi({ example: 16 }),
                    })
                    .openapi("DnsQuestion"),
                ),
                Answer: z.array(record).optional(),
                Authority: z.array(record).optional(),
              })
              .openapi("DnsAnswer"),
          },
        },
      },
      400: {
        description: "A parameter is missing or wrong; `error.message` says which",
        ...jsonContent(problem),
      },
      429: { description: "Too many queries that cost a look-up", headers: RETRY_AFTER, ...jsonContent(problem) },
    },
  }),
];

/** Documents how records are read as names. These paths are not answered by this app; see `src/hosts.ts`. */
export function documentNames(app: OpenAPIHono<RestEnv>): void {
  for (const route of routes) app.openAPIRegistry.registerPath(route);
}
