import { Snippet } from "./snippet.tsx";

/** A call of an API. */
export interface Call {
  method: string;
  path: string;
  body?: unknown;
  headers?: Readonly<Record<string, string>>;
}

/** How a call authenticates, by the beginning of its path. */
const KEYS = [
  ["/api/v1/", "Authorization: Bearer $RESOLVEDB_KEY"],
  ["/admin/", "Authorization: Bearer $ADMIN_TOKEN"],
  ["/", "X-ResCDN-Key: $RESCDN_KEY"],
] as const;

/** The same through the API, for a script. The key stays out of the shell's history. */
export function AsCurl({ method, path, body, headers = {} }: Call) {
  const [, key] = KEYS.find(([prefix]) => path.startsWith(prefix))!;
  const parts = [
    `curl -X ${method} ${quoted(location.origin + path)}`,
    `-H "${key}"`,
    ...Object.entries(headers).map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`),
    ...(body === undefined ? [] : [`-H "Content-Type: application/json"`, `-d ${quoted(JSON.stringify(body))}`]),
  ];
  return (
    <details class="as-curl">
      <summary>As curl</summary>
      <Snippet label="The same by the API" code={parts.join(" \\\n  ")} />
    </details>
  );
}

/** Quoted for a POSIX shell. */
function quoted(text: string): string {
  return /^[\w./:@=-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
