import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";
import { CannotStart } from "../cannot-start.ts";
import { COMPILE_CACHE, projectRoot } from "../project.ts";
import type { Bucket, RawConfig } from "./deployment-config.ts";

/** What Cloudflare has of a deployment. */
export interface Deployed {
  /** The version that gets the traffic; null: there is no Worker. */
  version: string | null;
  vars: Record<string, string>;
  secrets: string[];
  /** The R2 buckets that the Worker is bound to. */
  buckets: Bucket[];
  /** The migrations that the database has had; null: there is no database. */
  applied: string[] | null;
  /** Whether the database has accounts although the keyring is not set. */
  hasAccounts: boolean;
  /** Ids of KV namespaces named like the deployment's, if there is no Worker that they are bound to. */
  namespaces: Record<string, string>;
}

/** Calls wrangler for one deployment, with its configuration in a folder that git ignores. */
export class Wrangler {
  readonly #config: string;

  constructor(name: string) {
    this.#config = join(projectRoot, `dist/deploy/${name}.json`);
  }

  configure(config: RawConfig): void {
    mkdirSync(dirname(this.#config), { recursive: true });
    writeFileSync(this.#config, JSON.stringify(config, null, 2));
  }

  /** @throws {CannotStart} if Cloudflare cannot be asked */
  async look(name: string, bindings: readonly string[]): Promise<Deployed> {
    const status = await this.#run(["deployments", "status", "--json"]);
    if (status.code !== 0 && !/\b10007\b|does not exist/.test(status.said)) throw failed(status);
    const version = status.code === 0 ? heaviest(JSON.parse(status.stdout)) : null;
    const json = async (...args: string[]) => JSON.parse(await this.#ask(args));
    const [shown, databases, namespaces] = await Promise.all([
      version === null ? {} : (json("versions", "view", version, "--json") as Promise<Shown>),
      json("d1", "list", "--json") as Promise<{ name: string }[]>,
      // An existing Worker knows those that it is bound to.
      version !== null ? [] : (json("kv", "namespace", "list") as Promise<{ id: string; title: string }[]>),
    ]);
    const bound = (shown as Shown).resources?.bindings ?? [];
    const hasDatabase = databases.some((one) => one.name === name);
    const applied = hasDatabase ? await this.#rows("SELECT name FROM d1_migrations ORDER BY id") : null;
    const secrets = bound.filter(({ type }) => type === "secret_text").map((one) => one.name);
    const accounts =
      applied?.length && !secrets.includes("SECRETS_KEY")
        ? await this.#rows("SELECT id AS name FROM accounts LIMIT 1")
        : [];
    return {
      version,
      vars: Object.fromEntries(
        bound.filter(({ type }) => type === "plain_text").map((one) => [one.name, one.text ?? ""]),
      ),
      secrets,
      buckets: bound
        .filter(({ type }) => type === "r2_bucket")
        .map(({ name: binding, bucket_name = "" }) => ({ binding, bucket_name })),
      applied,
      hasAccounts: accounts.length > 0,
      namespaces: Object.fromEntries(
        bindings.flatMap((binding) => {
          // The name that wrangler gives to what it creates.
          const title = `${name}-${binding.toLowerCase().replaceAll("_", "-")}`;
          const found = namespaces.find((one) => one.title === title);
          return found === undefined ? [] : [[binding, found.id]];
        }),
      ),
    };
  }

  /** Creates missing stores, uploads the Worker with the secrets that it lacks, and gives it the traffic. */
  async deploy(secrets: Record<string, string>, message: string): Promise<string> {
    const folder = mkdtempSync(join(tmpdir(), "rescdn-deploy-"));
    try {
      const secretsFile = join(folder, "secrets.json");
      writeFileSync(secretsFile, JSON.stringify(secrets), { mode: 0o600 });
      const output = join(folder, "output");
      const given = Object.keys(secrets).length === 0 ? [] : ["--secrets-file", secretsFile];
      await this.#ask(["deploy", "--message", message, ...given], { WRANGLER_OUTPUT_FILE_PATH: output });
      const lines = readFileSync(output, "utf8").trim().split("\n");
      return lines
        .map((line) => JSON.parse(line) as { type: string; version_id?: string })
        .findLast((one) => one.type === "deploy")!.version_id!;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  async migrate(): Promise<void> {
    await this.#ask(["d1", "migrations", "apply", "DB", "--remote"]);
  }

  async rollBack(version: string, message: string): Promise<void> {
    await this.#ask(["rollback", version, "--yes", "--message", message]);
  }

  async #rows(sql: string): Promise<string[]> {
    const result = await this.#run(["d1", "execute", "DB", "--remote", "--json", "--command", sql]);
    // The database has never been migrated.
    if (result.code !== 0 && result.said.includes("no such table")) return [];
    if (result.code !== 0) throw failed(result);
    const [answer] = JSON.parse(result.stdout) as { results: { name: string }[] }[];
    return (answer?.results ?? []).map(({ name }) => name);
  }

  async #ask(args: string[], environment: Record<string, string> = {}): Promise<string> {
    const result = await this.#run(args, environment);
    if (result.code !== 0) throw failed(result);
    return result.stdout;
  }

  async #run(args: string[], environment: Record<string, string> = {}): Promise<Result> {
    const child = spawn(process.execPath, ["--no-warnings", PROGRAM, ...args, "--config", this.#config], {
      cwd: projectRoot,
      // It asks no questions: they have been asked before.
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        NODE_COMPILE_CACHE: COMPILE_CACHE,
        ...process.env,
        CI: "1",
        WRANGLER_SEND_METRICS: "false",
        FORCE_COLOR: "0",
        ...environment,
      },
    });
    const [stdout, stderr, [code]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, "close") as Promise<[number | null]>,
    ]);
    return { args, code, stdout, said: stripVTControlCharacters(`${stdout}\n${stderr}`) };
  }
}

interface Result {
  args: string[];
  code: number | null;
  stdout: string;
  said: string;
}

/** What wrangler's command starts, as a second process of Node. */
const PROGRAM = fileURLToPath(import.meta.resolve("wrangler"));

/** wrangler's own words, from where it reports an error. */
function failed({ args, said }: Result): CannotStart {
  const at = said.search(/✘|\[ERROR\]/);
  const lines = (at === -1 ? said : said.slice(at))
    .split("\n")
    .filter((line) => /\S/.test(line) && !/think this is a bug|Logs were written/.test(line));
  const hint = /CLOUDFLARE_API_TOKEN|[Nn]ot logged in|not authenticated|Authentication error/.test(said)
    ? "\nLog in with `npx wrangler login`, or set CLOUDFLARE_API_TOKEN (and CLOUDFLARE_ACCOUNT_ID if there are several accounts)."
    : "";
  return new CannotStart(
    `wrangler ${args
      .slice(
        0,
        args.findIndex((arg) => arg.startsWith("-")),
      )
      .join(" ")} failed:\n${lines.slice(0, 12).join("\n")}${hint}`,
  );
}

function heaviest({ versions }: { versions: { version_id: string; percentage: number }[] }): string | null {
  return versions.toSorted((a, b) => b.percentage - a.percentage)[0]?.version_id ?? null;
}

/** What wrangler shows about a version. */
interface Shown {
  resources?: { bindings?: { name: string; type: string; text?: string; bucket_name?: string }[] };
}
