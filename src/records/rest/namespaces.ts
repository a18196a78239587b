import type { OpenAPIHono } from "@hono/zod-openapi";
import { changeAsRead } from "../../db/change-as-read.ts";
import { actorOf } from "../../rest/actor-of.ts";
import type { RestContext, RestEnv } from "../../rest/context.ts";
import { settingsOf } from "../../settings.ts";
import { createNamespace } from "../claim-namespace.ts";
import type { NamespaceRow } from "../namespace.ts";
import { namespaceJson } from "../namespace-json.ts";
import { namespaceLimits } from "../namespace-limits.ts";
import { deleteNamespace, findNamespace, listNamespaces, setVisibility } from "../namespace-rows.ts";
import { isReservedFor, mayBePrivate } from "../reserved-namespaces.ts";
import { bringNamespaceToReaders } from "./bring-to-readers.ts";
import { invalidField, RestProblem } from "./errors.ts";
import { metaOf, pageOf } from "./fields.ts";
import { namespaceOfAnother, reservedNamespace } from "./namespace-problems.ts";
import {
  changeNamespaceRoute,
  createNamespaceRoute,
  listNamespacesRoute,
  readNamespaceRoute,
  removeNamespaceRoute,
} from "./namespace-routes.ts";

/** Adds `/api/v1/namespaces` to the API. */
export function addNamespaces(app: OpenAPIHono<RestEnv>): void {
  app.openapi(listNamespacesRoute, async (c) => {
    const query = c.req.valid("query");
    const { namespaces, total } = await listNamespaces(c.env.DB, c.var.caller.account, pageOf(query));
    return c.json({ namespaces: namespaces.map(namespaceJson), meta: metaOf(query, total) }, 200);
  });

  app.openapi(createNamespaceRoute, async (c) => {
    const { namespace } = c.req.valid("json");
    const wanted = { ...namespace, name: namespace.name.toLowerCase() };
    if (isReservedFor(c.var.caller.account, wanted.name, settingsOf(c.env))) throw reservedNamespace(wanted.name);
    refusePrivate(wanted);
    const created = await claim(c, wanted);
    await bringNamespaceToReaders(c, created.name);
    return c.json({ namespace: namespaceJson(created) }, 201, { location: `/api/v1/namespaces/${created.name}` });
  });

  app.openapi(readNamespaceRoute, async (c) => {
    return c.json({ namespace: namespaceJson(await namespaceOf(c, c.req.valid("param").name)) }, 200);
  });

  app.openapi(changeNamespaceRoute, async (c) => {
    const { visibility } = c.req.valid("json").namespace;
    refusePrivate({ name: c.req.valid("param").name.toLowerCase(), visibility });
    const result = await changeAsRead(
      () => findNamespace(c.env.DB, c.var.caller.account, c.req.valid("param").name.toLowerCase()),
      async (found) =>
        found.visibility === visibility ? found : setVisibility(c.env.DB, actorOf(c), found, visibility, c.var.now),
    );
    if (result.kind === "missing") throw new RestProblem("not_found");
    if (result.kind === "busy") throw new RestProblem("busy", { headers: { "retry-after": "1" } });
    await bringNamespaceToReaders(c, result.changed.name);
    return c.json({ namespace: namespaceJson(result.changed) }, 200);
  });

  app.openapi(removeNamespaceRoute, async (c) => {
    const namespace = await namespaceOf(c, c.req.valid("param").name);
    if (!(await deleteNamespace(c.env.DB, actorOf(c), namespace, c.var.now))) {
      await namespaceOf(c, namespace.name);
      throw new RestProblem("not_empty");
    }
    await bringNamespaceToReaders(c, namespace.name);
    return c.body(null, 204);
  });
}

/** The caller's namespace with a name; a missing one and somebody else's give the same 404. */
export async function namespaceOf(c: RestContext, name: string): Promise<NamespaceRow> {
  const namespace = await findNamespace(c.env.DB, c.var.caller.account, name.toLowerCase());
  if (namespace === null) throw new RestProblem("not_found");
  return namespace;
}

function refusePrivate({ name, visibility }: Pick<NamespaceRow, "name" | "visibility">): void {
  if (visibility === "private" && !mayBePrivate(name))
    throw invalidField(
      "namespace.visibility",
      `must be public for the namespace ${name}: clients read it without a token`,
    );
}

async function claim(c: RestContext, wanted: Pick<NamespaceRow, "name" | "visibility">): Promise<NamespaceRow> {
  const limits = namespaceLimits(c.var.caller.plan);
  const result = await createNamespace(c.env.DB, actorOf(c), wanted, limits, c.var.now);
  switch (result.kind) {
    case "claimed":
      return result.namespace;
    case "own already":
      throw invalidField("namespace.name", "has already been taken");
    case "of another":
      throw namespaceOfAnother(wanted.name);
    case "too many":
      throw new RestProblem("quota_exceeded", {
        sentence: "The account has as many namespaces as its plan allows, counting those deleted in the last days",
      });
    default:
      return result satisfies never;
  }
}
