import type { OpenAPIHono } from "@hono/zod-openapi";
import { BOUNDS } from "../../db/bounds.ts";
import { type Change, changeAsRead } from "../../db/change-as-read.ts";
import { newId } from "../../db/new-id.ts";
import { actorOf } from "../../rest/actor-of.ts";
import type { RestContext, RestEnv } from "../../rest/context.ts";
import { settingsOf } from "../../settings.ts";
import { namespaceLimits } from "../namespace-limits.ts";
import type { RecordRow } from "../record.ts";
import { recordJson } from "../record-json.ts";
import { parseRecordKey, recordName } from "../record-key.ts";
import {
  deleteRecord,
  findRecord,
  type InsertResult,
  insertRecord,
  listRecords,
  updateRecord,
} from "../record-rows.ts";
import { isReservedFor } from "../reserved-namespaces.ts";
import { bringNamespaceToReaders, bringRecordToReaders } from "./bring-to-readers.ts";
import { invalidField, RestProblem } from "./errors.ts";
import { metaOf, pageOf } from "./fields.ts";
import { namespaceOfAnother, reservedNamespace } from "./namespace-problems.ts";
import {
  changeRecordRoute,
  createRecordRoute,
  listRecordsRoute,
  readRecordRoute,
  removeRecordRoute,
} from "./record-routes.ts";

/** Adds `/api/v1/records` to the API. */
export function addRecords(app: OpenAPIHono<RestEnv>): void {
  app.openapi(listRecordsRoute, async (c) => {
    const query = c.req.valid("query");
    const filter = {
      namespace: query.namespace?.toLowerCase() ?? null,
      resource: query.resource?.toLowerCase() ?? null,
    };
    const { records, total } = await listRecords(c.env.DB, c.var.caller.account, filter, pageOf(query));
    return c.json({ records: records.map(recordJson), meta: metaOf(query, total) }, 200);
  });

  app.openapi(createRecordRoute, async (c) => {
    const { key: text, data, ttl } = c.req.valid("json").record;
    const verdict = parseRecordKey(text);
    if (!verdict.ok) throw invalidField("record.key", verdict.reason);
    const { key, namespace, resource, version } = verdict;
    if (isReservedFor(c.var.caller.account, namespace, settingsOf(c.env))) throw reservedNamespace(namespace);
    const limits = namespaceLimits(c.var.caller.plan);
    const record = { id: newId("rec"), key, namespace, resource, version, data, ttl };
    const result = await insertRecord(c.env.DB, actorOf(c), record, limits, c.var.now);
    if (result.kind !== "inserted") throw refusal(result, namespace);
    // Readers must know the namespace before they can find the record.
    if (result.publishNamespace) await bringNamespaceToReaders(c, namespace);
    await bringRecordToReaders(c, key);
    const { created_at, updated_at, ...shown } = recordJson(result.record);
    return c.json({ record: { ...shown, dns_query: recordName(key), created_at, updated_at } }, 201, {
      location: `/api/v1/records/${record.id}`,
    });
  });

  app.openapi(readRecordRoute, async (c) => {
    const record = await findRecord(c.env.DB, c.var.caller.account, c.req.valid("param").id);
    if (record === null) throw new RestProblem("not_found");
    return c.json({ record: recordJson(record) }, 200);
  });

  app.openapi(changeRecordRoute, async (c) => {
    const { data, ttl } = c.req.valid("json").record;
    const { id } = c.req.valid("param");
    const record = await change(c, id, async (found) => {
      const wanted = { data: data ?? found.data, ttl: ttl ?? found.ttl };
      if (wanted.data === found.data && wanted.ttl === found.ttl) return found;
      return updateRecord(c.env.DB, actorOf(c), found, wanted, c.var.now);
    });
    await bringRecordToReaders(c, record.key);
    return c.json({ record: recordJson(record) }, 200);
  });

  app.openapi(removeRecordRoute, async (c) => {
    const { id } = c.req.valid("param");
    const { key } = await change(c, id, async (found) =>
      (await deleteRecord(c.env.DB, actorOf(c), found, c.var.now)) ? found : null,
    );
    await bringRecordToReaders(c, key);
    return c.body(null, 204);
  });
}

/** Changes the caller's record with an id, or refuses. */
async function change(
  c: RestContext,
  id: string,
  write: (record: RecordRow) => Promise<RecordRow | null>,
): Promise<RecordRow> {
  const result: Change<RecordRow> = await changeAsRead(() => findRecord(c.env.DB, c.var.caller.account, id), write);
  if (result.kind === "missing") throw new RestProblem("not_found");
  if (result.kind === "busy") throw new RestProblem("busy", { headers: { "retry-after": "1" } });
  return result.changed;
}

function refusal(result: Exclude<InsertResult, { kind: "inserted" }>, namespace: string): RestProblem {
  switch (result.kind) {
    case "taken":
      return invalidField("record.key", "has already been taken");
    case "namespace of another":
      return namespaceOfAnother(namespace);
    case "too many":
      return new RestProblem("quota_exceeded", {
        sentence:
          result.what === "deleted records"
            ? `The account has deleted as many records within ${BOUNDS.records.over.days} days as its plan allows`
            : `The account has as many ${result.what} as its plan allows`,
      });
    default:
      return result satisfies never;
  }
}
