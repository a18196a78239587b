import { TOKEN_PARAMETERS } from "../signed-urls/parameters.ts";

/** What grants elsewhere: signatures of S3, Google's storage, CloudFront and Azure, and what others call theirs. */
const GRANTS = new Set("signature sig sign hmac access_token api_key apikey secret password auth jwt".split(" "));
const PRESIGNED = /^x-(?:amz|goog|oss|cos)-/;

/** A query without what grants anything: whoever reads a log could ask with it. Other parameters stay as they are spelled. */
export function shownQuery(query: string): string {
  if (query === "") return "";
  const kept = query
    .slice(1)
    .split("&")
    .filter((parameter) => !grants(nameOf(parameter)));
  return kept.length === 0 ? "" : `?${kept.join("&")}`;
}

function grants(name: string): boolean {
  return (name !== "limit" && TOKEN_PARAMETERS.has(name)) || GRANTS.has(name) || PRESIGNED.test(name);
}

/** As lenient as whoever reads it, in lower case. */
function nameOf(parameter: string): string {
  const [name = ""] = new URLSearchParams(`&${parameter}`).keys();
  return name.toLowerCase();
}
