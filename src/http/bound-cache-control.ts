import { listMembers, unquoted } from "./field-syntax.ts";

/**
 * A `Cache-Control` changed so that no directive lets a response live longer than `seconds`, fresh or stale. It is read as the
 * most lenient cache would read it. If nothing has to change, it is returned as it is.
 */
export function boundCacheControl(value: string, seconds: number): string {
  const members = listMembers(value);
  const left = members.flatMap((member) => bounded(member, seconds));
  return left.join() === members.join() ? value : left.join(", ");
}

function bounded(member: string, seconds: number): string[] {
  const [name = "", argument = ""] = member.split("=", 2);
  switch (name.trim().toLowerCase()) {
    case "max-age":
    case "s-maxage":
      return Number.parseInt(unquoted(argument.trim()), 10) > seconds ? [`${name.trim()}=${seconds}`] : [member];
    case "immutable":
    case "stale-while-revalidate":
    case "stale-if-error":
      return [];
    default:
      return [member];
  }
}
