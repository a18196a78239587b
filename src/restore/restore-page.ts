import { raiseVersionFloor, versionFloor } from "../db/version-floor.ts";
import type { Env } from "../env.ts";
import { type AnyDocument, counterOf, isServed, type PublishedChange, publishedChange } from "./published-change.ts";
import { namesAfter, type RestoredBy, type RestoredKind, raiseSql, unknownNames } from "./restored-kind.ts";
import { RESTORED_KINDS } from "./restored-kinds.ts";

/** Where a restore stands: first all that D1 has is published anew, then all goes that the table has beyond that. */
export interface RestorePlace {
  /** Which of the kinds. */
  kind: number;
  pass: "database" | "table";
  /** The last name that is done, or the table's own cursor. */
  after: string;
}

/** What one page of a restore has done. */
export interface RestoredPage {
  table: RestoredKind["table"];
  /** Names that were published anew. */
  published: number;
  changes: PublishedChange[];
  /** Where to go on; null: all is done. */
  next: RestorePlace | null;
}

/** Something could not be published: the same page is to be tried again. */
export class NotRestored extends Error {}

/** Names of a page. Each takes two or three calls of KV and Durable Objects, of which a request may make a thousand. */
const NAMES_OF_A_PAGE = 100;

/** Names that are worked on at the same time: a zone's document may have some hundred kilobytes. */
const NAMES_AT_ONCE = 20;

/**
 * Begins to put right what is published, after D1 has gone back. Every version that is given from now on is above all that
 * were ever given: they count changes, and nothing has changed once in each millisecond since 1970.
 */
export async function beginRestore(env: Env, now: number): Promise<RestorePlace> {
  await raiseVersionFloor(env.DB, now);
  return { kind: 0, pass: "database", after: "" };
}

/**
 * Restores the next names. A page that was done before may be done again, and a restore may begin anew at any time.
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
  // What stands in their place has the floor as its version.
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
 * The kinds pass through D1 one after the other, then through the table the other way round: what says that something is not
 * served is the first to come and the last to go. Null: all have.
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
