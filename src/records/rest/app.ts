import { OpenAPIHono } from "@hono/zod-openapi";
import type { Env } from "../../env.ts";
import type { RestEnv } from "../../rest/context.ts";
import { everyAnswer } from "../../rest/every-answer.ts";
import { fieldProblems } from "../../rest/field-problems.ts";
import { finishedDocument } from "../../rest/finished-document.ts";
import { LICENSE } from "../../rest/license.ts";
import { refuseOtherMethods } from "../../rest/other-methods.ts";
import { addSignposts } from "../../rest/signposts.ts";
import { addApiKeys } from "./api-keys.ts";
import { problemOf, RestProblem } from "./errors.ts";
import { requireKey, uncounted } from "./guards.ts";
import { addMe } from "./me.ts";
import { documentNames, NAME_PATHS } from "./names-documentation.ts";
import { addNamespaces } from "./namespaces.ts";
import { pokeAfterChanges } from "./poke-after-changes.ts";
import { addQueryTokens } from "./query-tokens.ts";
import { addRecords } from "./records.ts";
import { addWebhooks } from "./webhooks.ts";

const DESCRIPTION = `Small records by REST, read as DNS names.

Every answer carries \`X-RateLimit-Limit\`, \`X-RateLimit-Remaining\` and \`X-RateLimit-Reset\` (Unix time in seconds), for the
limit that applies: that of the key, of its account, or, without a valid key, of the client's address.

A body that is not JSON gets a 400; fields and parameters that are missing, wrong or unknown get a 422 with \`details\`. A key
needs the scope \`read\` for GET and \`write\` for everything else, including keys and namespaces. What belongs to another
account and what does not exist get the same 404. A change is answered when readers of names can see it; a 503 says that it
is saved, but not published yet. Namespaces, query tokens and webhooks are an extension of this server.`;

/** ResolveDB's REST API: every route under `/api/v1`. */
function createRecordsApi(): OpenAPIHono<RestEnv> {
  const app = new OpenAPIHono<RestEnv>({
    // A slash at the end of a path makes no difference.
    strict: false,
    defaultHook: (result) => {
      if (result.success) return;
      const kind = result.target === "json" ? "invalid_body" : "invalid_parameters";
      throw new RestProblem(kind, { details: fieldProblems(result.error) });
    },
  });
  app.onError(async (error, c) => (await problemOf(error, c.var.requestId, c.env.STATE_DISK)).toResponse());
  app.notFound(() => new RestProblem("not_found").toResponse());
  app.use(everyAnswer(uncounted));
  addDocument(app);
  addSignposts(app, ["/", "/api/v1"], {
    name: "ResolveDB",
    docs: "/docs",
    openapi: "/api/v1/openapi.json",
    api: "/api/v1/records",
  });
  // Before the routes, so that nobody without a key can find out which ones exist.
  app.use(requireKey);
  app.use(pokeAfterChanges);

  addRecords(app);
  addNamespaces(app);
  addQueryTokens(app);
  addWebhooks(app);
  addApiKeys(app);
  addMe(app);
  refuseOtherMethods(app, (headers) => new RestProblem("method_not_allowed", { headers }));
  documentNames(app);
  return app;
}

const TAGS = [
  { name: "Records", description: "Small records, read as DNS names." },
  { name: "Namespaces", description: "Who may read which names. An extension of this server." },
  { name: "Query tokens", description: "They open private namespaces. An extension of this server." },
  { name: "Webhooks", description: "They report changes of records and namespaces. An extension of this server." },
  { name: "API keys", description: "A key can create only keys that may do no more than itself." },
  { name: "Names", description: "Records over DNS: `/dns-query` and `/resolve` need no key." },
  { name: "Account", description: "Whose key it is." },
];

function addDocument(app: OpenAPIHono<RestEnv>): void {
  app.openAPIRegistry.registerComponent("securitySchemes", "bearer", {
    type: "http",
    scheme: "bearer",
    description: "An API key of your account: `rdb_live_…`.",
  });
  let document: object | null = null;
  app.get("/api/v1/openapi.json", (c) => {
    document ??= finishedDocument(
      app.getOpenAPI31Document({
        openapi: "3.1.0",
        info: { title: "ResolveDB", version: "1", description: DESCRIPTION, license: LICENSE },
        servers: [{ url: "/", description: "The host that serves this document." }],
        tags: TAGS,
      }),
      NAME_PATHS,
    );
    return c.json(document);
  });
}

let api: OpenAPIHono<RestEnv> | null = null;

/** Answers a request under `/api/v1/`. */
export async function handleRecordsApi(request: Request, env: Env, ctx: ExecutionContext): Promise<Response> {
  api ??= createRecordsApi();
  return api.fetch(request, env, ctx);
}
