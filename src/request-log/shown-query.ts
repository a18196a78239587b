import { TOKEN_PARAMETERS } from "../signed-urls/parameters.ts";

/**
 * Parameters that grant access elsewhere: signatures of S3, Google's storage, CloudFront and Azure, and common names of
 * others'.
 */
const GRANTS = new Set("signature sig sign hmac access_token api_key apikey secret password auth jwt".split(" "));
const PRESIGNED = /^x-(?:amz|goog|oss|cos)-/;

/** A query without whatever grants access, which readers of a log could use. Other parameters keep their spelling. */
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

/** Read as leniently as any server would, in lower case. */
function nameOf(parameter: string): string {
  const [name = ""] = new URLSearchParams(`&${parameter}`).keys();
  return name.toLowerCase();
}
