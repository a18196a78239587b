import type { Actions } from "../../zones/rules/edge-rule.ts";

type Redirect = Pick<NonNullable<Actions["redirect"]>, "to" | "query">;

/**
 * Where a redirect leads. Captures from a path come after the host, which is the rule's own, so no path that a client makes up
 * can lead to another host. In the query a capture is a value, whatever it contains.
 *
 * @param captures what the path glob's stars stand for: parts of a normalised path, which has no spaces or line ends
 * @param search the client's query with its `?`, or `""`
 */
export function redirectLocation({ to, query }: Redirect, captures: readonly string[], search: string): string {
  const [beforeFragment, fragment] = cut(to, "#");
  const [path, own] = cut(beforeFragment, "?");
  const filled = behindOwnHost(fill(path, captures, (capture) => capture));
  const filledQuery = own && fill(own, captures, asValue);
  const kept = query === "drop" || search === "" ? null : search.slice(1);
  const queries = [filledQuery, kept].filter((part) => part !== null && part !== "");
  const tail = fragment === null ? "" : `#${fill(fragment, captures, (capture) => capture)}`;
  return filled + (queries.length === 0 ? "" : `?${queries.join("&")}`) + tail;
}

/** A path that begins with two slashes would be read as a host (RFC 3986 §4.2). */
function behindOwnHost(path: string): string {
  return path.startsWith("//") ? `/.${path}` : path;
}

/** In a query these would begin another parameter, or stand for a space. */
function asValue(capture: string): string {
  return capture.replace(/[&=+;]/g, encodeURIComponent);
}

function fill(template: string, captures: readonly string[], spell: (capture: string) => string): string {
  return template.replace(/\$([1-9])/g, (_, digit: string) => spell(captures[Number(digit) - 1] ?? ""));
}

function cut(text: string, mark: string): [before: string, behind: string | null] {
  const at = text.indexOf(mark);
  return at === -1 ? [text, null] : [text.slice(0, at), text.slice(at + 1)];
}
