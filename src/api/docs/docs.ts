import type { OpenAPIHono } from "@hono/zod-openapi";
import { type DocsFile, files, missing } from "#docs-files";
import { compressedAnswer } from "../../compressed-file.ts";
import { parseEntityTags, weakMatch } from "../../http/etag.ts";
import { weightedValues } from "../../http/weighted-list.ts";
import type { RestEnv } from "../../rest/context.ts";

/** Everything comes from this host, and nothing is inline except the pictures in Swagger UI's stylesheet. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** Adds the documentation: guides, and the reference of the API. Each file is loaded when it is first requested. */
export function addDocs(app: OpenAPIHono<RestEnv>): void {
  app.get("/docs/*", (c) => {
    const asked = c.req.path.replace(/\/$/, "");
    if (Object.hasOwn(files, asked)) return answer(c.req.raw, files[asked]!, 200);
    return wantsPage(c.req.raw) ? answer(c.req.raw, missing, 404) : c.notFound();
  });
}

async function answer(request: Request, { type, tag, load }: DocsFile, status: number): Promise<Response> {
  const headers = {
    vary: "accept-encoding, accept",
    "content-security-policy": POLICY,
    // RFC 8246: the content behind a name with its hash never changes.
    "cache-control": tag === null ? "public, max-age=31536000, immutable" : "no-cache",
    // Weak, since it is the same for all codings.
    ...(tag !== null && { etag: `W/"${tag}"` }),
  };
  if (status === 200 && tag !== null && knows(request, `W/"${tag}"`))
    return new Response(null, { status: 304, headers });
  const { default: compressed } = await load();
  return compressedAnswer(request, compressed, status, { ...headers, "content-type": type });
}

function knows({ headers }: Request, tag: string): boolean {
  const tags = parseEntityTags(headers.get("if-none-match"));
  return tags === "*" || tags.some((one) => weakMatch(one, tag));
}

/** RFC 9110 §12.5.1: browsers accept HTML when a person navigates; programs get the API's answer. */
function wantsPage({ headers }: Request): boolean {
  return weightedValues(headers.get("accept")).some(({ value, weight }) => value === "text/html" && weight !== 0);
}
