import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { OF_THE_COMMAND } from "../../src/server/worker-variables.ts";
import { VARIABLE_NAMES } from "../../src/variables.ts";
import { DEFAULT_SETTINGS } from "../../src/zones/settings.ts";
import { callsOf, cyclesOf, type Import, importsOf, projectFiles, read } from "./source-files.ts";

const files = projectFiles();
const sources = files.filter((path) => /^src\/.+\.ts$/.test(path));
const imports = sources.flatMap((path) => importsOf(path));
/** What runs in browsers is no Worker. */
const isPage = (path: string) => /^src\/(?:dashboard|docs)\/page\//.test(path);
/** What runs in Node. */
const isForNode = (path: string) => /^src\/(?:server|cli)\//.test(path);
const manifest = JSON.parse(read("package.json")) as Record<
  "scripts" | "dependencies" | "devDependencies",
  Record<string, string>
>;

/** What a lockfile says of a package. */
interface Locked {
  integrity?: string;
  inBundle?: boolean;
  resolved?: string;
  /** It stands for a package of our own. */
  link?: boolean;
}

/** Folders of packages of our own. */
const OWN_PACKAGES = ["", "test/client"];

/** The imports made by the files below `folder`, as `from → to`, that `allowed` does not let pass. */
function forbidden(folder: string, allowed: (made: Import) => boolean): string[] {
  return imports
    .filter((made) => made.from.startsWith(folder) && !allowed(made))
    .map(({ from, to, how }) => `${from} → ${to} (${how})`);
}

describe("importsOf()", () => {
  it("finds every form of import and resolves relative ones", () => {
    const source = [
      `import { a } from "./a.ts";`,
      `import type { B } from "../zones/b.ts";`,
      `export { c } from "hono/tiny";`,
      `import {\n  d,\n  type E,\n} from "./d.ts";`,
      `import "./effect.ts";`,
      `const f = await import("./f.ts");`,
    ].join("\n");
    expect(importsOf("src/edge/x.ts", source).map(({ to, how }) => `${how} ${to}`)).toEqual([
      "static src/edge/a.ts",
      "type src/zones/b.ts",
      "static hono/tiny",
      "static src/edge/d.ts",
      "static src/edge/effect.ts",
      "dynamic src/edge/f.ts",
    ]);
  });
});

describe("callsOf()", () => {
  it("finds calls with all of their arguments, and no methods of that name", () => {
    const source = `  async fetch(a: B): Promise<C> {\n    const x = await fetch(f(1), { a: "(" });\n    return y ? fetch(u) : z.fetch(v);\n  }`;
    expect(callsOf("fetch", source)).toEqual(['fetch(f(1), { a: "(" })', "fetch(u)"]);
  });
});

describe("cyclesOf()", () => {
  it("finds files that import one another on whatever way, and no others", () => {
    const made = (from: string, to: string): Import => ({ from, to, how: "type" });
    const found = cyclesOf([made("a", "b"), made("b", "c"), made("c", "b"), made("c", "d"), made("e", "e")]);
    expect(found).toEqual([["b", "c"], ["e"]]);
  });
});

describe("the Durable Objects", () => {
  it("of wrangler.toml and its entrypoints are all exported by the Worker, the objects by the one of a single machine as well", () => {
    const entrypoints = [...read("wrangler.toml").matchAll(/^\[env\.production\.exports\.(\w+)\]$/gm)].map(
      ([, name]) => name!,
    );
    const classes = [...read("wrangler.toml").matchAll(/^class_name = "(\w+)"$/gm)].map(([, name]) => name!);
    const exported = (path: string) =>
      [...read(path).matchAll(/^export (?:const|\{) ?(\w+)/gm)].map(([, name]) => name!);
    expect(new Set(exported("src/worker.ts"))).toEqual(new Set(entrypoints.filter((name) => name !== "default")));
    expect(read("src/worker.ts")).toContain(`export * from "./objects.ts";`);
    for (const path of ["src/objects.ts", "src/server/edge/objects.ts"])
      expect(new Set(exported(path))).toEqual(new Set(classes));
  });
});

describe("the arrows", () => {
  it("go one way: no file of src imports itself in a circle, not even for a type", () => {
    expect(cyclesOf(imports)).toEqual([]);
  });

  it("the edge's wings stand on one another, each on those below it alone", () => {
    const wings = ["body", "request", "policy", "origin", "cache", "tier", "fill", "answer"];
    const floorOf = (path: string) => wings.indexOf(/^src\/edge\/(\w+)\//.exec(path)?.[1] ?? "");
    for (const [floor, wing] of wings.entries()) {
      const upwards = ({ to }: Import) => to.startsWith("src/edge/") && (floorOf(to) === -1 || floorOf(to) > floor);
      expect(
        forbidden(`src/edge/${wing}/`, (made) => !upwards(made)),
        wing,
      ).toEqual([]);
    }
  });

  it("settings are for everybody: they know neither a binding nor a class", () => {
    const pure = ["src/accounts/admin-token.ts", "src/secrets/keyring.ts", "src/variables.ts"];
    const read = [...pure, "src/variable-values.ts", "src/log/log.ts", "src/memo/once-for.ts"];
    expect(forbidden("src/settings.ts", ({ to }) => read.includes(to))).toEqual([]);
    expect(forbidden("src/variable-values.ts", ({ to }) => to === "src/variables.ts")).toEqual([]);
    for (const one of pure) expect(forbidden(one, () => false)).toEqual([]);
  });

  it("http/ imports nothing but itself and the structured fields library", () => {
    expect(forbidden("src/http/", ({ to }) => to.startsWith("src/http/") || to === "structured-headers")).toEqual([]);
  });

  it("http/ has no clock, no chance and no I/O", () => {
    const impure = /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\bperformance\.|\bfetch\(|\bcaches\.|\bconsole\./;
    const found = sources.filter((path) => path.startsWith("src/http/") && impure.test(read(path)));
    expect(found).toEqual([]);
  });

  it("signed-urls/ is for signers anywhere: it imports no more than http/, Node's HMAC and what reads addresses", () => {
    const allowed = /^src\/(?:signed-urls|http)\/|^node:crypto$|^ipaddr\.js$/;
    expect(forbidden("src/signed-urls/", ({ to }) => allowed.test(to))).toEqual([]);
  });

  it("memo/ imports nothing", () => {
    expect(forbidden("src/memo/", () => false)).toEqual([]);
  });

  it("edge/ imports http/, what a zone, an account and a hostname are to a reader, and no library of the control plane", () => {
    const zones = [
      "zone",
      "settings",
      "access-settings",
      "asset-types",
      "purge/purge-log",
      "takedowns",
      "zone-table",
      "rules/edge-rule",
      "rules/ruled",
      "origin-settings",
    ];
    const open = new Set([
      "src/settings.ts",
      "src/secrets/keyring.ts",
      "src/secrets/seal.ts",
      "src/hosts.ts",
      "src/text-hash.ts",
      "src/db/new-id.ts",
      "src/db/iso-seconds.ts",
      "src/files/buckets.ts",
      "src/log/log.ts",
      // What it says of itself, to owners of zones.
      "src/why/words.ts",
      "src/why/report.ts",
      "src/why/origin-health-report.ts",
      "src/why/lifetimes.ts",
      ...zones.map((name) => `src/zones/${name}.ts`),
      "src/accounts/account-document.ts",
      "src/accounts/account-table.ts",
      "src/hostnames/host-document.ts",
      "src/hostnames/host-table.ts",
    ]);
    const library = /^(?:(?:node|cloudflare):|aws4fetch$|@noble\/hashes\/|ipaddr\.js$)/;
    const allowed = ({ to }: Import) =>
      /^src\/(?:edge|http|memo|signed-urls)\//.test(to) || open.has(to) || library.test(to);
    expect(forbidden("src/edge/", allowed)).toEqual([]);
  });

  it("zones/, accounts/ and usage/ know no surface", () => {
    // The outbox is nobody's surface: what an account is told of may come from anywhere.
    const surface = /^src\/(edge|api|records\/(?!webhooks\/))|^src\/worker\.ts$/;
    for (const folder of [
      "src/usage/",
      "src/zones/",
      "src/hostnames/",
      "src/documents/",
      "src/origin-guard/",
      "src/accounts/",
    ]) {
      expect(forbidden(folder, ({ to }) => !surface.test(to))).toEqual([]);
    }
  });

  it("api/ does not import edge/", () => {
    expect(forbidden("src/api/", ({ to }) => !to.startsWith("src/edge/"))).toEqual([]);
  });

  it("api/ and records/rest/ are loaded by control-plane.ts alone, when they are first asked for", () => {
    const lazy = (path: string) => /^src\/(api|records\/rest)\//.test(path);
    const outside = imports.filter(({ from, to }) => lazy(to) && !lazy(from));
    expect(outside).toEqual([
      { from: "src/control-plane.ts", to: "src/api/app.ts", how: "dynamic" },
      { from: "src/control-plane.ts", to: "src/records/rest/app.ts", how: "dynamic" },
    ]);
  });

  it("rest/, which api/ and records/rest/ share, stands on accounts/ alone, and api/ imports nothing of records/", () => {
    const below = /^src\/(rest|accounts|db|log)\/|^src\/(env|settings)\.ts$/;
    // Whoever is signed in is a caller as well; what signs people in is loaded for who shows a cookie.
    const people = ({ to, how }: Import) => to.startsWith("src/people/") && how !== "static";
    expect(
      forbidden("src/rest/", (made) => !made.to.startsWith("src/") || below.test(made.to) || people(made)),
    ).toEqual([]);
    expect(forbidden("src/api/", ({ to }) => !to.startsWith("src/records/"))).toEqual([]);
  });

  it("rest/ is for the two REST APIs: whatever else shows a record or a time does without it", () => {
    const users = /^src\/(rest|api|records\/rest)\//;
    const shared = "src/rest/answer-headers.ts"; // no page of the control plane, names included, goes without them
    const others = imports.filter(({ from, to }) => to.startsWith("src/rest/") && to !== shared && !users.test(from));
    expect(others).toEqual([]);
  });

  it("records/ imports neither edge/ nor api/", () => {
    expect(forbidden("src/records/", ({ to }) => !/^src\/(edge|api)\//.test(to))).toEqual([]);
  });

  it("records/dns/ is loaded by control-plane.ts alone, when it is first asked for, and without the libraries of the API", () => {
    const dns = (path: string) => path.startsWith("src/records/dns/");
    const outside = imports.filter(({ from, to }) => dns(to) && !dns(from) && !from.startsWith("src/server/"));
    expect(outside).toEqual([{ from: "src/control-plane.ts", to: "src/records/dns/doh.ts", how: "dynamic" }]);
    expect(forbidden("src/records/dns/", ({ to }) => !/zod|hono/.test(to))).toEqual([]);
  });

  it("people/ knows no surface; what signs people in is loaded when it is first asked for", () => {
    const headers = "src/rest/answer-headers.ts";
    const surface = /^src\/(edge|api|records|rest|dashboard)\//;
    expect(forbidden("src/people/", ({ to }) => !surface.test(to) || to === headers)).toEqual([]);
    const library = /^src\/people\/(sign-in|sign-in-(?:at|limits|links|routes)|signed-in)\.ts$/;
    const eager = imports.filter(({ from, to, how }) => library.test(to) && how === "static" && !library.test(from));
    expect(eager).toEqual([]);
  });

  it("the dashboard's page knows of the Worker what its documents say, and what is pure; nobody imports it", () => {
    // The paths of its pages, defaults, and how a purge is read.
    const pure = [
      "dashboard/first-loads",
      "dashboard/page-paths",
      "dashboard/period",
      "zones/settings",
      "zones/purge/purge-target",
    ].map((name) => `src/${name}.ts`);
    const allowed = ({ to }: Import) => !to.startsWith("src/") || isPage(to) || pure.includes(to);
    expect(forbidden("src/dashboard/page/", allowed)).toEqual([]);
    const isOwn = (path: string) => path.startsWith("src/dashboard/page/");
    expect(imports.filter(({ from, to }) => isOwn(to) && !isOwn(from))).toEqual([]);
    const dashboard = imports.filter(({ from, to }) => to === "src/dashboard/dashboard.ts" && from !== to);
    expect(dashboard).toEqual([{ from: "src/control-plane.ts", to: "src/dashboard/dashboard.ts", how: "dynamic" }]);
  });

  it("the pages of the documentation know nothing of the Worker; its build knows how they search", () => {
    expect(forbidden("src/docs/page/", ({ to }) => !to.startsWith("src/") || to.startsWith("src/docs/page/"))).toEqual(
      [],
    );
    const outside = imports.filter(({ from, to }) => to.startsWith("src/docs/") && !from.startsWith("src/docs/"));
    expect(outside.map(({ from, to }) => [from, to])).toEqual([
      ["src/server/docs/search-index.ts", "src/docs/page/search-options.ts"],
    ]);
  });

  it("the command line knows of the Worker what its documents say, and defaults; nobody imports it", () => {
    const isCli = (path: string) => path.startsWith("src/cli/");
    const allowed = ({ to }: Import) => !to.startsWith("src/") || isCli(to) || to === "src/zones/settings.ts";
    expect(forbidden("src/cli/", allowed)).toEqual([]);
    expect(imports.filter(({ from, to }) => isCli(to) && !isCli(from))).toEqual([]);
  });

  it("nothing but server/ imports server/", () => {
    const outside = imports.filter(({ from, to }) => to.startsWith("src/server/") && !from.startsWith("src/server/"));
    expect(outside).toEqual([]);
  });

  it("the Worker imports only packages that are dependencies, and files that exist", () => {
    const known = ({ from, to }: Import) => {
      if (to.startsWith("src/")) return files.includes(to);
      // Made by `npm run client-types` and by the dashboard's build, which also takes in what the page imports.
      if (isPage(from) && to.startsWith("dist/api-types/")) return true;
      if (to === "#dashboard-files" || to === "#docs-files" || /^(node|cloudflare):/.test(to)) return true;
      const packages = isPage(from) ? manifest.devDependencies : manifest.dependencies;
      return Object.keys(packages).some((name) => to === name || to.startsWith(`${name}/`));
    };
    expect(imports.filter((made) => !isForNode(made.from) && !known(made))).toEqual([]);
  });

  it("every fetch of the Worker keeps out of the cache that Cloudflare has below it, and so does the store", () => {
    const product = sources.filter((path) => !isForNode(path) && !isPage(path));
    const calls = product.flatMap((path) => callsOf("fetch", read(path)).map((call) => ({ path, call })));
    expect(calls.length).toBeGreaterThanOrEqual(3);
    expect(calls.filter(({ call }) => !/\bcache: "no-store"/.test(call))).toEqual([]);
    expect(product.filter((path) => /\bcaches\.default\b(?!`)/.test(read(path)))).toEqual([]);
    expect(product.filter((path) => /\bcaches\.open\b/.test(read(path)))).toEqual([
      "src/documents/document-copies.ts",
      "src/documents/location-feed.ts",
      "src/edge/cache/own-cache.ts",
    ]);
    // Ways out that take no options at all.
    const others = /\bnew (?:WebSocket|EventSource)\(|\bimportScripts\(|\bglobalThis\.fetch\b|= fetch\b/;
    expect(product.filter((path) => others.test(read(path)))).toEqual([]);
  });

  it("worker.ts is wiring: fewer than 80 lines", () => {
    expect(read("src/worker.ts").trimEnd().split("\n").length).toBeLessThan(80);
  });
});

describe("the papers", () => {
  const readme = read("README.md");
  const papers = ["README.md", ...files.filter((path) => /^src\/docs\/[^/]+\.md$/.test(path))];
  const ofPapers = (pattern: RegExp) =>
    papers.flatMap((paper) => [...read(paper).matchAll(pattern)].map((match) => ({ paper, match })));
  const settings = read("src/docs/settings.md");

  it("name only files and folders that exist", () => {
    const named = ofPapers(/(?<![\w/.-])(?:src|test|\.ci)\/[\w./-]*[\w/]/g);
    expect(named.length).toBeGreaterThan(50);
    const exists = (path: string) => files.some((file) => file === path || file.startsWith(path.replace(/\/?$/, "/")));
    const missing = named.filter(({ match: [path] }) => !exists(path));
    expect(missing.map(({ paper, match: [path] }) => `${paper}: ${path}`)).toEqual([]);
  });

  it("name npm scripts that are in package.json", () => {
    const named = ofPapers(/\bnpm (?:run ([\w:-]+)|(start|test)\b)/g).map(({ match: [, run, short] }) => run ?? short);
    expect(named).toContain("start");
    expect(named.filter((name) => name === undefined || !(name in manifest.scripts))).toEqual([]);
  });

  it("README stays short, and leads to every guide", () => {
    expect(readme.trimEnd().split("\n").length).toBeLessThanOrEqual(150);
    expect(papers.slice(1).filter((path) => !readme.includes(`(${path})`))).toEqual([]);
  });

  it("the table of settings has every setting and no other", () => {
    const named = [...settings.matchAll(/^\|([^|]+)\|/gm)].flatMap(([, cell]) => cell!.match(/(?<=`)\w+(?=`)/g) ?? []);
    expect(named.sort()).toEqual(Object.keys(DEFAULT_SETTINGS).sort());
  });

  it("the table of settings has each setting's default", () => {
    const rows = [...settings.matchAll(/^\| (`.+?`) \| `(.+?)` \|/gm)];
    const stated = rows.flatMap(([, names, text]) =>
      names!.match(/(?<=`)\w+(?=`)/g)!.map((name) => [name, JSON.parse(text!)] as const),
    );
    expect(Object.fromEntries(stated)).toEqual(DEFAULT_SETTINGS);
  });

  it("the table of variables has every variable of the Worker and of serve, and no other", () => {
    const [, section = ""] = read("src/docs/operating.md").split("## Variables\n");
    const rows = [...section.split("\n## ")[0]!.matchAll(/^\| (`[^|]+) \|/gm)];
    const named = rows.flatMap(([, cell]) => cell!.match(/(?<=`)[A-Z_]+(?=`)/g) ?? []);
    const ofTests = ["CLOUDFLARE_API_BASE"];
    const known = [...OF_THE_COMMAND, ...VARIABLE_NAMES].filter((name) => !ofTests.includes(name));
    expect(named.sort()).toEqual(known.sort());
  });

  it("the tables of errors have every code of both APIs with its statuses", () => {
    const [, ofCdn = "", ofRecords = ""] = read("src/docs/errors.md").split(/^## /m);
    const shown = (section: string) =>
      [...section.matchAll(/^\| (`[^|]+`) \| ([\d, ]+) \|/gm)].flatMap(([, codes, statuses]) =>
        codes!.match(/(?<=`)\w+(?=`)/g)!.flatMap((code) => statuses!.split(", ").map((status) => `${code} ${status}`)),
      );
    const problems = (path: string) => {
      const [, table = ""] = /^const PROBLEMS = \{(.+?)^\}/ms.exec(read(path)) ?? [];
      return [...table.matchAll(/^ {2}(\w+): \[\s*(\d+),\s*"(\w+)/gm)].map(([, name, status, text]) => ({
        name,
        status,
        text,
      }));
    };
    const cdn = problems("src/api/errors.ts").map(({ name, status }) => `${name} ${status}`);
    const records = problems("src/records/rest/errors.ts").map(({ text, status }) => `${text} ${status}`);
    expect(Math.min(cdn.length, records.length)).toBeGreaterThan(10);
    expect(shown(ofCdn).sort()).toEqual(cdn.sort());
    expect(shown(ofRecords).sort()).toEqual([...new Set(records)].sort());
  });

  it("CI runs the README's test command", () => {
    expect(readme).toContain("npm ci && npm test");
    const commands = read(".ci/run").split("\n");
    expect(commands.some((line) => line.startsWith("npm ci"))).toBe(true);
    expect(commands).toContain("npm test");
  });

  it("package.json pins every version exactly", () => {
    const manifests = OWN_PACKAGES.map((path) => JSON.parse(read(join(path, "package.json"))) as typeof manifest);
    const all = manifests.flatMap((each) => Object.entries({ ...each.dependencies, ...each.devDependencies }));
    expect(all.filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual([]);
  });

  it("the lockfile holds the digest of all that is downloaded, and no address to download it from", () => {
    const { packages } = JSON.parse(read("package-lock.json")) as { packages: Record<string, Locked> };
    const locked = Object.fromEntries(
      Object.entries(packages).filter(([path, { link }]) => !OWN_PACKAGES.includes(path) && link !== true),
    );
    for (const path of OWN_PACKAGES) expect(packages[path]).toBeDefined();
    // What a package brings along inside itself is covered by its own digest.
    const isCovered = (path: string): boolean => {
      const { integrity, inBundle } = locked[path] ?? {};
      if (inBundle === true) return isCovered(path.slice(0, path.lastIndexOf("/node_modules/")));
      return /^sha512-[\w+/]{86}==$/.test(integrity ?? "");
    };
    const paths = Object.keys(locked);
    expect(paths.filter((path) => !isCovered(path) || "resolved" in locked[path]!)).toEqual([]);
  });

  it("no file names a package registry or a path of somebody's machine", () => {
    // Spelled in pieces, so that this file does not name them either.
    const registry = ["registry", "npmjs", "org"].join("\\.");
    const home = ["/home", "/root", "/Users", "/work"].map((path) => `${path}/\\w`).join("|");
    const pattern = new RegExp(`${registry}|"resolved": "\\w+:|(?<![\\w.:/-])(?:${home})`);
    const text = files.filter((path) => !/\.(woff2?|png|jpe?g|gif|ico)$/.test(path));
    expect(text.filter((path) => pattern.test(read(path)))).toEqual([]);
  });
});
