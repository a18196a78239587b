import { attachment } from "../../http/content-disposition.ts";
import { splitOutsideQuotes, unquoted } from "../../http/field-syntax.ts";
import type { ZoneDocument } from "../../zones/zone.ts";
import type { Target } from "../request/target.ts";

/** Adds what an answer's path tells: the canonical URL for search engines, and the name to save the file under. */
export function addNamingHeaders(
  headers: Headers,
  { path }: Pick<Target, "path">,
  { settings, ruled }: Pick<ZoneDocument, "settings" | "ruled">,
): void {
  if (settings.canonical !== null && !namesCanonical(headers))
    headers.append("link", `<${settings.canonical}${asReference(path)}>; rel="canonical"`);
  const name = ruled?.download ?? false;
  if (name !== false) headers.set("content-disposition", attachment(name === true ? fileNameOf(path) : name));
}

/** If the origin names one, it knows better. */
function namesCanonical(headers: Headers): boolean {
  return splitOutsideQuotes((headers.get("link") ?? "").toLowerCase(), ";").some((parameter) => {
    const [name = "", value = ""] = parameter.split("=", 2);
    // A comma begins the next link of the list.
    const relations = unquoted(splitOutsideQuotes(value, ",")[0] ?? "").split(" ");
    return name.trim() === "rel" && relations.includes("canonical");
  });
}

/** A path in a `Link` (RFC 8288 §3): it ends at the first `>`. */
function asReference(path: string): string {
  return path.replace(/[<>"\s]/g, encodeURIComponent);
}

/** The last segment, decoded if possible. */
function fileNameOf(path: string): string {
  const file = path.slice(path.lastIndexOf("/") + 1);
  try {
    return decodeURIComponent(file);
  } catch {
    return file;
  }
}
