import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { DatabaseSync } from "node:sqlite";
import { buffer } from "node:stream/consumers";
import { unstable_splitSqlQuery as splitSql } from "wrangler";
import { listen } from "../../origins/listen.ts";

/** A binding as uploads name it. */
interface Binding {
  name: string;
  type: string;
  [field: string]: unknown;
}

interface Version {
  id: string;
  bindings: Binding[];
  modules: string[];
  observability?: unknown;
  limits?: unknown;
}

interface Script {
  versions: Version[];
  deployments: { id: string; created_on: string; version: string; message: string | undefined }[];
  migrationTag: string | undefined;
  routes: { pattern: string; zone_name: string }[];
  crons: string[];
  observability: unknown;
}

interface Call {
  method: string;
  path: string;
}

/** What a call is answered in the place of what it asks for. */
interface Failure extends Call {
  status: number;
  code: number;
  message: string;
}

/** The parts of Cloudflare's API that `wrangler` calls for a deployment, with what it holds in memory. */
export class Cloudflare {
  readonly scripts = new Map<string, Script>();
  readonly namespaces = new Map<string, string>();
  readonly buckets = new Set<string>();
  readonly databases = new Map<string, { uuid: string; sql: DatabaseSync }>();
  readonly calls: string[] = [];
  /** Called before a version gets all traffic, with its id. */
  deployed: (version: string) => void = () => undefined;
  readonly #failures: Failure[] = [];

  /** Has the next call of this kind fail. The path is a part of the one called; after a space, so is what else has to be in the body. */
  failNext(method: string, path: string, status = 400, code = 10_099, message = "made to fail"): void {
    this.#failures.push({ method, path, status, code, message });
  }

  /** Failures that no call has met. */
  get failuresLeft(): number {
    return this.#failures.length;
  }

  /** The version that has all traffic. */
  current(script = "rescdn"): Version | undefined {
    const found = this.scripts.get(script);
    return found?.versions.find(({ id }) => id === found.deployments[0]?.version);
  }

  async start(): Promise<{ url: string; close(): Promise<void> }> {
    const server = createServer((request, response) => void this.#answer(request, response));
    const { url, close } = await listen(server);
    return { url: `${url}/client/v4`, close };
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "GET", url = "/" } = request;
    const { pathname, searchParams } = new URL(url, "http://api");
    const path = pathname.replace("/client/v4", "");
    this.calls.push(`${method} ${path}`);
    const body = await buffer(request);
    const say = (status: number, success: boolean, rest: object) => {
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify({ success, errors: [], messages: [], result: null, ...rest }));
    };
    const failing = this.#failures.findIndex((one) => {
      const [part, ...words] = one.path.split(" ");
      return one.method === method && path.includes(part!) && body.includes(words.join(" "));
    });
    if (failing !== -1) {
      const [{ status, code, message }] = this.#failures.splice(failing, 1) as [Failure];
      return say(status, false, { errors: [{ code, message }] });
    }
    try {
      const all = await this.#handle(method, path, searchParams, body, request.headers["content-type"] ?? "");
      const result = Array.isArray(all) && Number(searchParams.get("page") ?? 1) > 1 ? [] : all;
      const page = Array.isArray(result) && {
        result_info: { page: 1, per_page: 100, count: result.length, total_count: result.length, total_pages: 1 },
      };
      say(200, true, { result, ...page });
    } catch (error) {
      if (error instanceof Refused)
        return say(error.status, false, { errors: [{ code: error.code, message: error.message }] });
      say(500, false, { errors: [{ code: 1, message: String(error) }] });
    }
  }

  async #handle(method: string, path: string, search: URLSearchParams, body: Buffer, type: string): Promise<unknown> {
    const json = () => JSON.parse(body.toString()) as Record<string, string>;
    if (path === "/accounts") return [{ id: ACCOUNT, name: "Example" }];
    if (path === "/memberships") return [{ id: "member", account: { id: ACCOUNT, name: "Example" } }];
    if (path === "/user/tokens/verify") return { status: "active" };
    if (path === "/zones")
      return [{ id: `zone-${search.get("name")}`, name: search.get("name"), account: { id: ACCOUNT } }];
    if (/^\/zones\/[^/]+\/workers\/routes$/.test(path)) return [];

    const [, rest = ""] = /^\/accounts\/acc0\/(.*)$/.exec(path) ?? [];
    if (rest === "storage/kv/namespaces") {
      if (method === "GET") return [...this.namespaces].map(([title, id]) => ({ id, title }));
      const { title } = json() as { title: string };
      if (this.namespaces.has(title))
        throw new Refused(400, 10_014, "a namespace with this account ID and title already exists");
      this.namespaces.set(title, `kv-${title}`);
      return { id: `kv-${title}`, title };
    }
    if (rest.startsWith("r2/buckets")) return this.#bucket(method, rest.slice("r2/buckets/".length), body);
    if (rest.startsWith("d1/database")) return this.#database(method, rest.slice("d1/database".length), search, body);
    const [, service] = /^workers\/services\/([^/]+)$/.exec(rest) ?? [];
    if (service !== undefined) {
      const script = this.#script(service);
      return {
        default_environment: {
          environment: "production",
          script: { tag: "tag", tags: [], migration_tag: script.migrationTag, last_deployed_from: "wrangler" },
        },
      };
    }
    const [, worker] = /^workers\/workers\/([^/]+)$/.exec(rest) ?? [];
    if (worker !== undefined)
      return { id: worker, name: worker, subdomain: { enabled: false, previews_enabled: false } };
    const [, name, what] = /^workers\/scripts\/([^/]+)(.*)$/.exec(rest) ?? [];
    if (name === undefined) {
      if (rest === "workers/subdomain") return { subdomain: "example" };
      throw new Refused(404, 7_003, `nobody told this server of ${method} ${path}`);
    }
    return this.#ofScript(method, name, what ?? "", body, type);
  }

  async #ofScript(method: string, name: string, what: string, body: Buffer, type: string): Promise<unknown> {
    const json = () => JSON.parse(body.toString());
    if (what === "" && method === "PUT") {
      const { version, migrations } = await this.#upload(name, body, type);
      const script = this.scripts.get(name)!;
      if (migrations?.new_tag !== undefined) script.migrationTag = migrations.new_tag;
      this.#deploy(script, version.id, undefined);
      return { id: name, etag: "etag", deployment_id: version.id.replaceAll("-", ""), startup_time_ms: 1 };
    }
    const script = this.#script(name);
    if (what === "/versions" && method === "POST") {
      const { version } = await this.#upload(name, body, type);
      return {
        id: version.id,
        number: script.versions.length,
        metadata: {},
        resources: { script: { etag: "etag" }, bindings: [] },
        startup_time_ms: 1,
      };
    }
    const shown = ({ id, bindings }: Version) => ({
      id,
      number: 1 + script.versions.findIndex((version) => version.id === id),
      metadata: { created_on: CREATED, author_email: "ops@example.com", source: "wrangler" },
      annotations: {},
      resources: { bindings: bindings.map(withoutText), script: { etag: "etag" }, script_runtime: {} },
    });
    if (what === "/versions") return { items: script.versions.map(shown) };
    const [, id] = /^\/versions\/([\w-]+)$/.exec(what) ?? [];
    if (id !== undefined) return shown(script.versions.find((version) => version.id === id)!);
    if (what === "/deployments" && method === "GET")
      return {
        deployments: script.deployments.map(({ id, created_on, version, message }) => ({
          id,
          created_on,
          source: "wrangler",
          strategy: "percentage",
          author_email: "ops@example.com",
          annotations: { "workers/message": message },
          versions: [{ version_id: version, percentage: 100 }],
        })),
      };
    if (what === "/deployments") {
      const { versions, annotations } = json() as {
        versions: { version_id: string }[];
        annotations?: Record<string, string>;
      };
      this.#deploy(script, versions[0]!.version_id, annotations?.["workers/message"]);
      return { id: script.deployments[0]!.id };
    }
    if (what === "/settings") return { bindings: this.current(name)?.bindings.map(withoutText) ?? [] };
    if (what === "/script-settings") {
      if (method === "PATCH") script.observability = json().observability ?? script.observability;
      return { tags: [] };
    }
    if (what === "/secrets")
      return (
        this.current(name)
          ?.bindings.filter(({ type }) => type === "secret_text")
          .map(({ name, type }) => ({ name, type })) ?? []
      );
    if (what === "/subdomain") return { enabled: false, previews_enabled: false };
    if (what === "/routes") {
      script.routes = json();
      return script.routes;
    }
    if (what === "/schedules") {
      if (method === "PUT") script.crons = json().map(({ cron }: { cron: string }) => cron);
      return { schedules: script.crons.map((cron) => ({ cron })) };
    }
    throw new Refused(404, 7_003, `nobody told this server of ${method} of a script's ${what}`);
  }

  #script(name: string): Script {
    const script = this.scripts.get(name);
    if (script === undefined) throw new Refused(404, 10_007, "This Worker does not exist on your account.");
    return script;
  }

  async #upload(name: string, body: Buffer, type: string) {
    const form = await new Response(new Uint8Array(body), { headers: { "content-type": type } }).formData();
    const metadata = JSON.parse(String(form.get("metadata"))) as {
      bindings: Binding[];
      keep_bindings?: string[];
      migrations?: { new_tag: string };
      limits?: unknown;
      observability?: unknown;
    };
    const before = this.current(name)?.bindings ?? [];
    const bindings = metadata.bindings.map((binding) => {
      if (binding.type !== "inherit") return binding;
      const kept = before.find((one) => one.name === binding.name);
      if (kept === undefined) throw new Refused(400, 10_056, `inherit binding '${binding.name}' is invalid`);
      return kept;
    });
    for (const kept of before)
      if (metadata.keep_bindings?.includes(kept.type) && !bindings.some(({ name }) => name === kept.name))
        bindings.push(kept);
    const wrong = bindings.find(
      ({ type, id }) => type === "d1" && ![...this.databases.values()].some(({ uuid }) => uuid === id),
    );
    if (wrong !== undefined) throw new Refused(400, 10_021, "binding DB of type d1 must have a valid `id` specified");
    const version: Version = {
      id: crypto.randomUUID(),
      bindings,
      modules: [...form.keys()].filter((key) => key !== "metadata"),
      limits: metadata.limits,
      observability: metadata.observability,
    };
    let script = this.scripts.get(name);
    if (script === undefined) {
      script = {
        versions: [],
        deployments: [],
        migrationTag: undefined,
        routes: [],
        crons: [],
        observability: undefined,
      };
      this.scripts.set(name, script);
    }
    script.versions.push(version);
    return { version, migrations: metadata.migrations };
  }

  #deploy(script: Script, version: string, message: string | undefined): void {
    this.deployed(version);
    script.deployments.unshift({ id: crypto.randomUUID(), created_on: CREATED, version, message });
  }

  /** @param name of one that is asked for; `""`: all are, or one is made */
  #bucket(method: string, name: string, body: Buffer): unknown {
    const shown = (one: string) => ({ name: one, creation_date: CREATED });
    if (method === "GET" && name === "") return { buckets: [...this.buckets].map(shown) };
    const asked = name || (JSON.parse(body.toString()) as { name: string }).name;
    if (name === "") this.buckets.add(asked);
    else if (!this.buckets.has(asked)) throw new Refused(404, 10_006, "The specified bucket does not exist.");
    return shown(asked);
  }

  #database(method: string, path: string, search: URLSearchParams, body: Buffer): unknown {
    const shown = ([name, { uuid }]: [string, { uuid: string }]) => ({
      uuid,
      name,
      version: "production",
      created_at: CREATED,
    });
    if (path === "" && method === "GET")
      return [...this.databases].map(shown).filter(({ name }) => name.includes(search.get("name") ?? ""));
    if (path === "") {
      const { name } = JSON.parse(body.toString()) as { name: string };
      if (this.databases.has(name)) throw new Refused(400, 7_502, "a database with that name already exists");
      this.databases.set(name, { uuid: crypto.randomUUID(), sql: new DatabaseSync(":memory:") });
      return shown([name, this.databases.get(name)!]);
    }
    const [, key, action] = /^\/([^/]+)(.*)$/.exec(path)!;
    const found = [...this.databases].find(([name, { uuid }]) => uuid === key || name === key);
    if (found === undefined) throw new Refused(404, 7_404, "The database could not be found");
    if (action === "") return shown(found);
    if (action === "/query") {
      const { sql, params = [] } = JSON.parse(body.toString()) as { sql: string; params?: string[] };
      const database = found[1].sql;
      database.exec("BEGIN");
      try {
        const results = splitSql(sql).map((one) => ({
          success: true,
          results: database.prepare(one).all(...params),
          meta: { duration: 1 },
        }));
        database.exec("COMMIT");
        return results;
      } catch (error) {
        database.exec("ROLLBACK");
        throw new Refused(400, 7_500, (error as Error).message);
      }
    }
    throw new Refused(404, 7_003, `nobody told this server of a database's ${action}`);
  }
}

const ACCOUNT = "acc0";
const CREATED = "2026-11-28T00:00:00Z";

class Refused extends Error {
  readonly status: number;
  readonly code: number;
  constructor(status: number, code: number, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** A secret is never shown. */
function withoutText({ text, ...binding }: Binding): Binding {
  return binding.type === "secret_text" ? binding : ({ ...binding, ...(text !== undefined && { text }) } as Binding);
}
