import { describe, expect, it } from "vitest";
import { call } from "../../support/control-plane.ts";

describe("GET /api/v1/openapi.json", () => {
  it("documents how records are read as names", async () => {
    const { paths } = await (await call("/api/v1/openapi.json")).json<{
      paths: Record<string, Record<string, { responses: object }>>;
    }>();
    expect(Object.keys(paths["/dns-query"]?.get?.responses ?? {})).toEqual(["200", "400", "413"]);
    expect(Object.keys(paths["/dns-query"]?.post?.responses ?? {})).toEqual(["200", "400", "413", "415"]);
    expect(Object.keys(paths["/resolve"]?.get?.responses ?? {})).toEqual(["200", "400"]);
  });
});
