import { describe, expect, it } from "vitest";
import { addEdgeHeaders } from "../../../src/edge/answer/edge-headers.ts";
import type { ZoneSettings } from "../../../src/zones/settings.ts";

const SITE = "https://www.example.com";

interface Case {
  /** The origin's fields. */
  said?: Record<string, string>;
  /** The page that asks. */
  page?: string;
  cors?: ZoneSettings["cors"];
}

function added(
  { said = {}, page, cors = "*" }: Case,
  change: { mode?: "test"; response_headers?: Record<string, string> } = {},
) {
  const headers = new Headers(said);
  const { mode = "live", response_headers = {} } = change;
  addEdgeHeaders(headers, new Headers(page === undefined ? {} : { origin: page }), {
    mode,
    settings: { cors, noindex: false, response_headers },
  });
  return headers;
}

/** Which pages may read the answer, which may embed it, and what it varies by. */
function pages(given: Case) {
  const headers = added(given);
  return ["access-control-allow-origin", "cross-origin-resource-policy", "vary"].map((name) => headers.get(name));
}

const allowing = (value: string) => ({ "access-control-allow-origin": value });
const policy = (value: string) => ({ "cross-origin-resource-policy": value });

describe("addEdgeHeaders() with cors", () => {
  it.each<[string, Case, (string | null)[]]>([
    ["* lets every page read", {}, ["*", "cross-origin", null]],
    ["* also those of a site", { page: SITE }, ["*", "cross-origin", null]],
    ["* keeps the origin's own list of one", { said: allowing(SITE) }, [SITE, "cross-origin", null]],
    ["* replaces the origin's *", { said: allowing(" * ") }, ["*", "cross-origin", null]],
    ["* takes an empty allowance for none", { said: allowing("") }, ["*", "cross-origin", null]],
    ["* keeps same-origin", { said: policy("same-origin") }, ["*", "same-origin", null]],
    ["* keeps same-site", { said: policy(" same-site ") }, ["*", "same-site", null]],
    ["* replaces nonsense", { said: policy("everyone") }, ["*", "cross-origin", null]],
    ["a list lets a page in it read", { cors: [SITE], page: SITE }, [SITE, "cross-origin", "Origin"]],
    [
      "a list lets a page below a domain in it read",
      { cors: ["https://*.example.com"], page: SITE },
      [SITE, "cross-origin", "Origin"],
    ],
    ["a list lets no other read", { cors: [SITE], page: "https://evil.example" }, [null, null, "Origin"]],
    ["a list lets none read that says nothing", { cors: [SITE] }, [null, null, "Origin"]],
    ["a list wins over the origin", { cors: [SITE], said: allowing("*") }, [null, null, "Origin"]],
    [
      "a list is added to what the answer varies by",
      { cors: [SITE], said: { vary: "Accept" } },
      [null, null, "Accept, Origin"],
    ],
    ["false adds nothing", { cors: false, page: SITE }, [null, null, null]],
    [
      "false leaves the origin's word",
      { cors: false, said: { ...allowing(SITE), vary: "Origin" } },
      [SITE, null, "Origin"],
    ],
  ])("%s: %j", (_title, given, expected) => {
    expect(pages(given)).toEqual(expected);
  });

  it("clears what else the origin says of CORS where ours stands", () => {
    const said = { "access-control-allow-credentials": "true", "access-control-max-age": "9" };
    for (const cors of ["*", [SITE]] as const) {
      const headers = added({ said, page: SITE, cors });
      for (const name of Object.keys(said)) expect(headers.get(name), name).toBeNull();
      expect(headers.get("access-control-expose-headers")).toContain("X-Cache");
      expect(headers.get("timing-allow-origin")).toBe(cors === "*" ? "*" : SITE);
    }
    expect(added({ said: { ...said, ...allowing(SITE) } }).get("access-control-allow-credentials")).toBe("true");
  });
});

describe("addEdgeHeaders()", () => {
  it("forbids to guess types, names a zone for tests, and sets what the zone sets, last", () => {
    expect(added({ said: { "x-content-type-options": "sniff" } }).get("x-content-type-options")).toBe("nosniff");
    expect(added({}).has("x-rescdn-mode")).toBe(false);
    expect(added({}, { mode: "test" }).get("x-rescdn-mode")).toBe("test");
    expect(added({}, { response_headers: allowing(SITE) }).get("access-control-allow-origin")).toBe(SITE);
  });
});
