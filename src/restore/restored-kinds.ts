import { publishAccount } from "../accounts/account-publication.ts";
import { accountKey, accountTableOf, ORDINARY_ACCOUNT } from "../accounts/account-table.ts";
import { auditStatement } from "../accounts/audit-log.ts";
import { operator } from "../accounts/operated-accounts.ts";
import { newId } from "../db/new-id.ts";
import { publishHost } from "../hostnames/host-publication.ts";
import { hostKey, hostTableOf } from "../hostnames/host-table.ts";
import { namespaceDocumentKey, recordDocumentKey } from "../records/documents.ts";
import { publishNamespace, publishRecord } from "../records/record-publication.ts";
import { recordTableOf } from "../records/record-table.ts";
import { ownerOf } from "../usage/batch.ts";
import { publishZone } from "../zones/publication.ts";
import { zoneKey, zoneTableOf } from "../zones/zone-table.ts";
import type { RestoredKind } from "./restored-kind.ts";

const ACCOUNTS: RestoredKind = {
  table: "accounts",
  column: "id",
  counter: "revision",
  prefix: accountKey(""),
  whereMissing: ORDINARY_ACCOUNT,
  statements: (db, ids, by, now) =>
    ids.flatMap((id) => [
      // An audit entry must follow a statement that changes something.
      db.prepare("UPDATE accounts SET revision = revision WHERE id = ?1").bind(id),
      auditStatement(db, operator(id, by), { action: "service.restore", target: id, before: null, after: null }, now),
    ]),
  async publish({ ACCOUNT_PUBLISHER, USAGE_METER, ZONES: kv }, id) {
    const result = await publishAccount(ACCOUNT_PUBLISHER, accountTableOf(kv), id);
    if (result.kind === "pending") return result;
    const live = USAGE_METER.getByName(ownerOf({ account: id, mode: "live" }));
    const test = USAGE_METER.getByName(ownerOf({ account: id, mode: "test" }));
    await Promise.all([live.know(result.document), test.know(result.document)]);
    // What was recorded about the month's quota has gone back, but what was counted has not.
    await live.reconsider();
    return result;
  },
  remove: ({ ZONES: kv }, id) => kv.delete(accountKey(id)),
};

const ZONES: RestoredKind = {
  table: "zones",
  column: "name",
  counter: "version",
  prefix: zoneKey(""),
  // Nobody knows what has been purged since, so nothing stored before may be served.
  statements: (db, names, _by, now) => [
    db
      .prepare(
        `INSERT INTO purges (zone_id, version, kind, value, id, account_id, soft, at, created_by)
         SELECT zones.id, zones.version, 'everything', '', wanted.value ->> 1, account_id, 0, ?2, 'operator'
         FROM json_each(?1) AS wanted JOIN zones ON zones.name = wanted.value ->> 0 AND zones.state <> 'deleted'`,
      )
      .bind(JSON.stringify(names.map((name) => [name, newId("purge")])), now),
  ],
  publish: ({ ZONE_PUBLISHER, ZONES: kv }, name) => publishZone(ZONE_PUBLISHER, zoneTableOf(kv), name),
};

const HOSTS: RestoredKind = {
  table: "hosts",
  column: "hostname",
  counter: "revision",
  prefix: hostKey(""),
  publish: ({ HOST_PUBLISHER, ZONES: kv }, hostname) => publishHost(HOST_PUBLISHER, hostTableOf(kv), hostname),
};

const NAMESPACES: RestoredKind = {
  table: "namespaces",
  column: "name",
  counter: "revision",
  prefix: namespaceDocumentKey(""),
  publish: ({ RECORD_PUBLISHER, ZONES: kv }, name) => publishNamespace(RECORD_PUBLISHER, recordTableOf(kv), name),
};

const RECORDS: RestoredKind = {
  table: "records",
  column: "key",
  counter: "revision",
  prefix: recordDocumentKey(""),
  publish: ({ RECORD_PUBLISHER, ZONES: kv }, key) => publishRecord(RECORD_PUBLISHER, recordTableOf(kv), key),
};

/** Everything that is published by name, in the order in which it is restored. */
export const RESTORED_KINDS: readonly RestoredKind[] = [ACCOUNTS, ZONES, HOSTS, NAMESPACES, RECORDS];
