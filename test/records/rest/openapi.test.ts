import { describe, expect, it } from "vitest";
import { call } from "../../support/control-plane.ts";

describe("GET /api/v1/openapi.json", () => {
  it("documents how records are read as names", async () => {
    const { paths } = await (await call("/api/v1/openapi.json")).json<{
      paths: Record<string, Record<string, { responses: object }>>;
    }>();
    expect(Object.keys(paths["/dns-query"]?.get?.responses ?? {})).toEqual(["200", "400", "413", "429"]);
    expect(Object.keys(paths["/dns-query"]?.post?.responses ?? {})).toEqual(["200", "400", "413", "415", "429"]);
    expect(Object.keys(paths["/resolve"]?.get?.responses ?? {})).toEqual(["200", "400", "429"]);
  });

  it("lets every POST of a key be repeated by its Idempotency-Key", async () => {
    for (const document of ["/openapi.json", "/api/v1/openapi.json"]) {
      const { paths } = await (await call(document)).json<{
        paths: Record<string, { post?: { security: object[]; parameters?: { name: string }[] } }>;
      }>();
      const posts = Object.entries(paths).flatMap(([path, { post }]) =>
        post?.security.some((scheme) => "key" in scheme || "bearer" in scheme) ? [{ path, post }] : [],
      );
      const without = posts.filter(({ post }) => !post.parameters?.some(({ name }) => name === "Idempotency-Key"));
      expect(without.map(({ path }) => path)).toEqual([]);
    }
  });
});
