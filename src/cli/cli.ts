import createClient, { type Client, type ClientOptions } from "openapi-fetch";
import type { components, paths } from "../../dist/api-types/rescdn.d.ts";
import type { components as recordComponents, paths as recordPaths } from "../../dist/api-types/resolvedb.d.ts";
import { Failed, misused } from "./failed.ts";
import { type Profile, readProfile } from "./profiles.ts";
import { fetchAgain } from "./retries.ts";
import { note, print } from "./terminal.ts";

export type Schemas = components["schemas"];
export type RecordSchemas = recordComponents["schemas"];

/** The options that every command has. */
export interface CommonOptions {
  json?: true | undefined;
  profile?: string | undefined;
  api?: string | undefined;
}

/** The API's address if none is given. */
export const DEFAULT_API = "https://api.rescdn.io";

/** What a command works with: the APIs, the keys for them, and how it shows its result. */
export class Cli {
  readonly json: boolean;
  readonly profileName: string;
  readonly #options: CommonOptions;

  constructor(options: CommonOptions) {
    this.#options = options;
    this.json = options.json === true;
    this.profileName = options.profile || process.env.RESCDN_PROFILE || "default";
  }

  /** The API's address: from an option, else the environment, else the profile. */
  async api(): Promise<string> {
    const named = this.#options.api || process.env.RESCDN_API;
    if (named) return apiOf(named);
    return (await this.profile())?.api ?? DEFAULT_API;
  }

  async profile(): Promise<Profile | null> {
    const profile = await readProfile(this.profileName);
    if (profile === null && this.#options.profile)
      throw misused(
        `there is no profile ${JSON.stringify(this.profileName)}`,
        `rescdn login --profile ${this.profileName} creates it`,
      );
    return profile;
  }

  /** ResCDN's API, called with the key from the environment, else from the profile. */
  async rescdn(): Promise<Client<paths>> {
    const key = await this.key("rescdn");
    return createClient<paths>({ ...(await this.#base()), headers: { "X-ResCDN-Key": key } });
  }

  /** ResolveDB's API. */
  async resolvedb(): Promise<Client<recordPaths>> {
    const key = await this.key("resolvedb");
    return createClient<recordPaths>({ ...(await this.#base()), headers: { Authorization: `Bearer ${key}` } });
  }

  async key(product: "rescdn" | "resolvedb"): Promise<string> {
    const variable = product === "rescdn" ? "RESCDN_KEY" : "RESOLVEDB_KEY";
    const given = process.env[variable];
    if (given) return given;
    const [profile, api] = [await this.profile(), await this.api()];
    const kept = profile?.[product];
    if (profile === null || kept === undefined)
      throw new Failed("you are not signed in", {
        exitCode: 2,
        hint: `rescdn login signs you in to ${api}; or set ${variable}`,
      });
    // A key is for the API that made it, and no other may learn it.
    if (profile.api !== api)
      throw misused(
        `the key of the profile ${this.profileName} is for ${profile.api}, not for ${api}`,
        `set ${variable}, or run rescdn login --api ${api} --profile <name>`,
      );
    return kept;
  }

  async #base(): Promise<ClientOptions> {
    return { baseUrl: await this.api(), fetch: (request) => called(request) };
  }

  /** Shows a command's result: JSON for programs, text for people. */
  show<Data>(data: Data, text: (data: Data) => string): void {
    print(this.json ? JSON.stringify(data, null, 2) : text(data));
  }
}

/** A request to the API. @throws {Failed} if nobody answers */
export async function called(request: Request): Promise<Response> {
  const { origin, hostname, protocol } = new URL(request.url);
  if (protocol === "http:" && !isThisMachine(hostname)) warnOfPlainHttp(origin);
  request.headers.set("user-agent", "rescdn-cli");
  try {
    return await fetchAgain(request);
  } catch (error) {
    const { cause } = error as { cause?: { code?: string; message?: string } };
    throw new Failed(`cannot reach ${origin}: ${reasons[cause?.code ?? ""] ?? cause?.message ?? String(error)}`, {
      hint: isThisMachine(hostname)
        ? "npm start runs a server on this machine"
        : "RESCDN_API or --api names another API, such as http://localhost:8787",
    });
  }
}

const reasons: Record<string, string> = {
  ECONNREFUSED: "nothing listens there",
  ECONNRESET: "the connection broke off",
  ENOTFOUND: "there is no such host",
  EAI_AGAIN: "its name cannot be looked up",
  UND_ERR_SOCKET: "the connection broke off",
};

let hasWarned = false;

function warnOfPlainHttp(origin: string): void {
  if (!hasWarned) note(`warning: ${origin} is called without TLS: your key can be read on the way.`);
  hasWarned = true;
}

export function isThisMachine(hostname: string): boolean {
  return /^(127\.[\d.]+|\[::1\]|(.+\.)?localhost)$/.test(hostname);
}

/** The origin of an API that somebody named. */
export function apiOf(named: string): string {
  const url = URL.parse(named);
  if (url === null || !/^https?:$/.test(url.protocol) || url.pathname !== "/" || url.username !== "")
    throw misused(`${JSON.stringify(named)} is not the address of an API`, "such as https://api.rescdn.io");
  return url.origin;
}
