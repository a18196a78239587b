/**
 * The dashboard's pages, each a path in the URL pattern syntax of its router. For any other path the Worker answers 404, and
 * the page says so.
 */
export const PAGE_PATHS = {
  home: "/",
  signIn: "/sign-in",
  signInLink: "/sign-in/link",
  zones: "/zones",
  newZone: "/zones/new",
  zone: "/zones/:zone",
  zonePart: "/zones/:zone/:part",
  keys: "/keys",
  usage: "/usage",
  audit: "/audit",
  members: "/members",
  records: "/records",
  namespace: "/records/:namespace",
  webhooks: "/webhooks",
  account: "/account",
  commandLine: "/command-line",
  operator: "/operator",
} as const;

const PATTERNS = Object.values(PAGE_PATHS).map((path) => path.split("/"));

/** Whether the dashboard has a page at a path. */
export function isPage(pathname: string): boolean {
  const segments = pathname.replace(/(?<=.)\/$/, "").split("/");
  return PATTERNS.some(
    (pattern) =>
      pattern.length === segments.length &&
      pattern.every((part, index) => (part.startsWith(":") ? segments[index] !== "" : part === segments[index])),
  );
}
