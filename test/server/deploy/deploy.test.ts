import { execFileSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { projectRoot } from "../../../src/server/project.ts";
import { deploying } from "./deploying.ts";

const DOMAIN = ["--domain", "cdn-example.net"];

const changedFiles = () => execFileSync("git", ["status", "--porcelain"], { cwd: projectRoot, encoding: "utf8" });
const shown = (said: string, name: string) => new RegExp(`^${name}=(.+)$`, "m").exec(said)?.[1];

/** `DEPLOY_STEPS=all`: with all steps failing once it takes minutes, and `npm test` has one of them fail. */
const isWhole = process.env.DEPLOY_STEPS === "all";

// Each run builds the Worker and calls wrangler several times.
const SLOW = { timeout: 400_000 };

let world: Awaited<ReturnType<typeof deploying>>;
beforeAll(async () => {
  world = await deploying();
});
afterAll(() => world.close());

describe("npm run deploy, for the first time", SLOW, () => {
  const secret = (name: string) => world.cloudflare.current()?.bindings.find((one) => one.name === name)?.text;

  it("--dry-run shows the plan and calls nothing that changes anything", async () => {
    const { code, said } = await world.deploy(...DOMAIN, "--dry-run");
    expect(code).toBe(0);
    expect(said).toContain("*/* (zone cdn-example.net)");
    expect(world.cloudflare.calls.filter((call) => !call.startsWith("GET "))).toEqual([]);
  });

  it("refuses a dashboard below the edge's domain, and beside it, before anything is made", async () => {
    for (const host of ["dash.cdn-example.net", "cdn-example.net"]) {
      const { code, wrong } = await world.deploy(...DOMAIN, "--dashboard", host);
      expect(code).toBe(1);
      expect(wrong).toContain("DASHBOARD_HOST");
    }
    const beside = await world.deploy("--domain", "cdn.example.com", "--dashboard", "dash.example.com");
    expect(beside.wrong).toContain("one site to browsers");
    expect(world.cloudflare.calls.filter((call) => !call.startsWith("GET "))).toEqual([]);
  });

  it("fails at each step with a sentence, and the next run goes on from there", async () => {
    const before = changedFiles();
    const all: [method: string, path: string, said: RegExp][] = [
      ["GET", "/accounts", /failed/],
      ["POST", "/storage/kv/namespaces", /made to fail/],
      ["POST", "/d1/database", /made to fail/],
      ["PUT", "/workers/scripts/rescdn", /made to fail/],
      ["POST", "/query CREATE TABLE api_keys", /made to fail/],
      ["PUT", "/routes", /made to fail/],
    ];
    const steps = isWhole ? all : all.filter(([, path]) => path === "/routes");
    for (const [method, path, said] of steps) {
      world.cloudflare.failNext(method, path);
      const { code, wrong } = await world.deploy(...DOMAIN);
      expect(`${code} ${wrong}`, path).toMatch(said);
      expect(code, path).toBe(1);
      expect(world.cloudflare.failuresLeft, path).toBe(0);
    }
    const keyring = secret("SECRETS_KEY");
    expect(keyring).toMatch(/:/);

    const asset = ["--asset", "https://www.example.com/logo.svg?v=1", "--files"];
    if (isWhole) await failsOnceMore(asset);
    world.adminToken = secret("ADMIN_TOKEN") as string;
    const { code, said, wrong } = await world.deploy(...asset);
    expect(wrong).toBe("");
    expect(code).toBe(0);
    expect(said).toContain("https://deploy-check.cdn-example.net/logo.svg?v=1 is served: HIT");
    expect(world.network.accounts).toEqual([`Bearer ${world.adminToken}`]);
    expect(said).toContain("AAAA  *.cdn-example.net  100::  proxied");
    expect(secret("SECRETS_KEY")).toBe(keyring);
    expect([...world.cloudflare.namespaces.keys()]).toEqual(["rescdn-zones"]);
    expect([...world.cloudflare.databases.keys()]).toEqual(["rescdn"]);
    expect([...world.cloudflare.buckets]).toEqual(["rescdn-files"]);
    expect(world.cloudflare.scripts.get("rescdn")).toMatchObject({
      routes: [{ pattern: "*/*", zone_name: "cdn-example.net" }],
      crons: ["* * * * *"],
    });
    expect(changedFiles()).toBe(before);
  });

  /** Where all steps have been taken: a version that is not healthy, no R2, and nobody who could look at the asset. */
  async function failsOnceMore(asset: readonly string[]): Promise<void> {
    world.network.unready = () => "made to be unready";
    const unhealthy = await world.deploy();
    expect(unhealthy).toMatchObject({ code: 1, wrong: expect.stringContaining("made to be unready") });
    world.network.unready = () => null;
    world.cloudflare.failNext("POST", "/r2/buckets", 403, 10_042, "Please enable R2 through the Cloudflare Dashboard.");
    const withoutR2 = await world.deploy(...asset);
    expect(withoutR2).toMatchObject({ code: 1, wrong: expect.stringContaining("Please enable R2") });
    // What cannot be looked at is no fault of the version.
    const untold = await world.deploy(...asset);
    expect(untold).toMatchObject({ code: 0, wrong: "", said: expect.stringContaining("belongs to no zone") });
  }

  it("made again, it changes neither secrets nor stores, and needs no answers", async () => {
    const keyring = secret("SECRETS_KEY");
    const { code, said } = await world.deploy();
    expect(code).toBe(0);
    expect(said).toContain("all are set, and stay");
    expect(shown(said, "SECRETS_KEY")).toBeUndefined();
    expect(secret("SECRETS_KEY")).toBe(keyring);
    expect(secret("EDGE_DOMAINS")).toBe("cdn-example.net");
    expect(world.cloudflare.databases.size).toBe(1);
    expect(world.cloudflare.current()!.bindings).toContainEqual(
      expect.objectContaining({ type: "r2_bucket", name: "BUCKET_FILES", bucket_name: "rescdn-files" }),
    );
  });
});

describe("npm run deploy, of another version", SLOW, () => {
  let running: string;
  beforeAll(() => {
    running = world.cloudflare.current()!.id;
  });

  it("gives the traffic back to the version before where the new one fails its check", async () => {
    const before = world.cloudflare.scripts.get("rescdn")!.versions.length;
    world.network.unready = (version) => (version === running ? null : "made to be unready");
    const { code, wrong } = await world.deploy();
    expect(code).toBe(1);
    expect(wrong).toContain("made to be unready");
    expect(wrong).toContain(`Version ${running} has the traffic again`);
    expect(world.cloudflare.current()!.id).toBe(running);
    expect(world.cloudflare.scripts.get("rescdn")!.versions).toHaveLength(before + 1);
    world.network.unready = () => null;
  });

  it.runIf(isWhole)("says so where even that fails, and the next run mends it", async () => {
    world.network.unready = (version) => (version === running ? null : "made to be unready");
    world.cloudflare.failNext("POST", "/deployments npm run deploy: the version failed");
    const { code, wrong } = await world.deploy();
    expect(code).toBe(1);
    expect(wrong).toContain("could not be given back to the previous version");
    world.network.unready = () => null;
    expect((await world.deploy()).code).toBe(0);
    running = world.cloudflare.current()!.id;
  });

  it.runIf(isWhole)(
    "leaves the traffic where it is when a version cannot be uploaded, or not be given it",
    async () => {
      for (const path of ["/versions", "/deployments"]) {
        world.cloudflare.failNext("POST", path);
        const { code, wrong } = await world.deploy();
        expect(code).toBe(1);
        expect(wrong).toContain("made to fail");
        expect(world.cloudflare.current()!.id).toBe(running);
      }
      expect((await world.deploy()).code).toBe(0);
      expect(world.cloudflare.current()!.id).not.toBe(running);
    },
  );

  it.runIf(isWhole)("applies no migrations to a database of a newer version", async () => {
    const { sql } = world.cloudflare.databases.get("rescdn")!;
    sql.exec("INSERT INTO d1_migrations (name) VALUES ('9999_later.sql')");
    const { code, wrong } = await world.deploy();
    expect(code).toBe(1);
    expect(wrong).toContain("9999_later.sql");
    sql.exec("DELETE FROM d1_migrations WHERE name = '9999_later.sql'");
  });

  it("makes no new keyring for a database with accounts", async () => {
    const { sql } = world.cloudflare.databases.get("rescdn")!;
    sql.exec(
      "INSERT INTO accounts (id, name, email, plan, created_at) VALUES ('acct_1', 'One', 'one@example.com', 'free', 0)",
    );
    world.cloudflare.scripts.delete("rescdn");
    const { code, wrong } = await world.deploy(...DOMAIN);
    expect(code).toBe(1);
    expect(wrong).toContain("--new-keyring");
    expect(world.cloudflare.scripts.has("rescdn")).toBe(false);
  });

  it("--staging stands beside: a Worker, stores, limits and secrets of its own", async () => {
    const { code, wrong } = await world.deploy("--staging", "--domain", "cdn-staging.example");
    expect(wrong).toBe("");
    expect(code).toBe(0);
    const bound = world.cloudflare.current("rescdn-staging")!.bindings;
    expect(bound.find(({ name }) => name === "ZONES")).toMatchObject({ namespace_id: "kv-rescdn-staging-zones" });
    expect(bound.find(({ name }) => name === "CLIENT_RATE_50")).toMatchObject({ namespace_id: "49403" });
    expect([...world.cloudflare.databases.keys()]).toEqual(["rescdn", "rescdn-staging"]);
  });
});
