import { raiseVersionFloor, versionFloor } from "../db/version-floor.ts";
import type { Env } from "../env.ts";
import { type AnyDocument, counterOf, isServed, type PublishedChange, publishedChange } from "./published-change.ts";
import { namesAfter, type RestoredBy, type RestoredKind, raiseSql, unknownNames } from "./restored-kind.ts";
import { RESTORED_KINDS } from "./restored-kinds.ts";

/** The progress of a restore: first everything in D1 is published again, then everything else in the table is removed. */
export interface RestorePlace {
  /** The kind, by its place. */
  kind: number;
  pass: "database" | "table";
  /** The last name that is done, or the table's own cursor. */
  after: string;
}

/** What one page of a restore has done. */
export interface RestoredPage {
  table: RestoredKind["table"];
  /** Names that were published again. */
  published: number;
  changes: PublishedChange[];
  /** Where to continue; null: everything is done. */
  next: RestorePlace | null;
}

/** Something could not be published: the same page has to be tried again. */
export class NotRestored extends Error {}

/**
 * How many names a page has. Each takes two or three calls of KV and Durable Objects, of which a request may make a thousand.
 */
const NAMES_OF_A_PAGE = 100;

/** How many names are handled at once: a zone's document may have a few hundred kilobytes. */
const NAMES_AT_ONCE = 20;

/**
 * Begins to correct what is published, after D1 was brought back. Every version from now on is above all earlier ones: versions
 * count changes, and there has not been a change in every millisecond since 1970.
 */
export async function beginRestore(env: Env, now: number): Promise<RestorePlace> {
  await raiseVersionFloor(env.DB, now);
  return { kind: 0, pass: "database", after: "" };
}

/**
 * Restores the next names. A page may be repeated, and a restore may start again at any time.
 *
 * @throws {NotRestored}
 */
export async function restorePage(env: Env, place: RestorePlace, by: RestoredBy, now: number): Promise<RestoredPage> {
  const kind = RESTORED_KINDS[place.kind];
  if (kind === undefined) throw new RangeError(`there is no kind ${place.kind}`);
  return place.pass === "database" ? publishAgain(env, kind, place, by, now) : removeUnknown(env, kind, place);
}

async function publishAgain(
  env: Env,
  kind: RestoredKind,
  place: RestorePlace,
  by: RestoredBy,
  now: number,
): Promise<RestoredPage> {
  const { DB: db } = env;
  const names = await namesAfter(db, kind, place.after, NAMES_OF_A_PAGE);
  const before = await inTurns(names, (name) => publishedDocument(env, kind, name));
  const floor = await versionFloor(db);
  const least = before.map((document) =>
    Math.max(floor, document === null ? 0 : counterOf(document, kind.counter) + 1),
  );
  await db.batch([
    db.prepare(raiseSql(kind)).bind(JSON.stringify(names.map((name, index) => [name, least[index]]))),
    ...(kind.statements?.(db, names, by, now) ?? []),
  ]);
  const after = await inTurns(names, (name) => publish(env, kind, name));
  const changes = names.map((name, index) => {
    const was = before[index] ?? (kind.whereMissing === undefined ? null : { id: name, ...kind.whereMissing });
    return publishedChange(name, was, after[index]!);
  });
  const last = names.at(-1);
  const isLast = last === undefined || names.length < NAMES_OF_A_PAGE;
  const next = isLast ? nextPlace(place) : { ...place, after: last };
  return page(kind, names.length, changes, next);
}

async function removeUnknown(env: Env, kind: RestoredKind, place: RestorePlace): Promise<RestoredPage> {
  const { prefix } = kind;
  const cursor = place.after === "" ? {} : { cursor: place.after };
  const listed = await env.ZONES.list({ prefix, limit: NAMES_OF_A_PAGE, ...cursor });
  const names = await unknownNames(
    env.DB,
    kind,
    listed.keys.map(({ name }) => name.slice(prefix.length)),
  );
  const before = await inTurns(names, (name) => publishedDocument(env, kind, name));
  const unknown = names.filter((_, index) => isServed(before[index]!));
  // Their replacements have the floor as their version.
  const newest = before.map((document) => (document === null ? 0 : counterOf(document, kind.counter) + 1));
  await raiseVersionFloor(env.DB, Math.max(0, ...newest));
  await inTurns(unknown, async (name) => {
    if (kind.remove === undefined) await publish(env, kind, name);
    else await kind.remove(env, name);
  });
  const changes = unknown.map((name): PublishedChange => ({ name, became: "gone", fields: [] }));
  return page(kind, 0, changes, listed.list_complete ? nextPlace(place) : { ...place, after: listed.cursor });
}

function page(
  { table }: RestoredKind,
  published: number,
  changes: readonly (PublishedChange | null)[],
  next: RestorePlace | null,
): RestoredPage {
  return { table, published, changes: changes.filter((change) => change !== null), next };
}

/**
 * The kinds pass through D1 in order, then through the table in reverse order: documents that keep something from being served
 * come first and go last. Null: all are done.
 */
function nextPlace({ kind, pass }: RestorePlace): RestorePlace | null {
  if (pass === "table") return kind === 0 ? null : { kind: kind - 1, pass, after: "" };
  const isLast = kind + 1 === RESTORED_KINDS.length;
  return isLast ? { kind, pass: "table", after: "" } : { kind: kind + 1, pass, after: "" };
}

async function publishedDocument({ ZONES }: Env, { prefix }: RestoredKind, name: string): Promise<AnyDocument | null> {
  const text = await ZONES.get(prefix + name, { type: "text" });
  return text === null ? null : (JSON.parse(text) as AnyDocument);
}

async function publish(env: Env, kind: RestoredKind, name: string): Promise<AnyDocument> {
  const result = await kind.publish(env, name);
  if (result.kind === "pending") throw new NotRestored(`${kind.table}: ${name} is not published: ${result.reason}`);
  return result.document as AnyDocument;
}

async function inTurns<Result>(
  names: readonly string[],
  work: (name: string) => Promise<Result>,
): Promise<Awaited<Result>[]> {
  const results: Awaited<Result>[] = [];
  for (let first = 0; first < names.length; first += NAMES_AT_ONCE) {
    results.push(...(await Promise.all(names.slice(first, first + NAMES_AT_ONCE).map(work))));
  }
  return results;
}
