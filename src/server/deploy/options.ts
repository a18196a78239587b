import { parseArgs } from "node:util";
import { CannotStart } from "../cannot-start.ts";

/** The options of `npm run deploy`. Absent ones are asked for, or kept as deployed, or taken from `wrangler.toml`. */
export interface Options {
  staging: boolean;
  /** Customers may upload files, for which there is an R2 bucket. Once it exists, it stays. */
  files: boolean;
  dryRun: boolean;
  /** Only lists the flags. */
  help: boolean;
  /** Asks nothing. */
  yes: boolean;
  /** Variables of the Worker, by name. */
  vars: Record<string, string>;
  /** URL of an asset to try the edge with: of a zone, or of a server that a zone is created for. */
  asset: string | undefined;
  /** Hosts in the edge's domain that do not belong to the Worker. */
  except: string[];
  /** The address at which the deployment is asked, instead of where its names lead. */
  at: string | undefined;
  /** A file for the new secrets, instead of the terminal. */
  secretsTo: string | undefined;
  mayBreak: boolean;
  newKeyring: boolean;
}

export const USAGE = `npm run deploy -- [options]

  --domain DOMAIN          zones are served below it: a domain on which nothing else lives
  --api-host HOST          the API's host (api.DOMAIN)
  --records-hosts HOSTS    ResolveDB's hosts; "" for none
  --dashboard HOST         the dashboard's host, on another domain; "" for none
  --operators ADDRESSES    e-mail addresses of the people who operate the network
  --mail-from ADDRESS      the address that mail comes from
  --var NAME=VALUE         any other variable of the Worker
  --asset URL              checks the edge with it: an asset of a zone, or of a server for which a zone is created
  --except HOST            a host of DOMAIN that is not the Worker's, such as www.DOMAIN
  --files                  customers may upload files: creates a bucket of R2, which the account must have switched on
  --staging                the deployment beside production, with its own Worker, stores, secrets and domain
  --dry-run                shows the plan, and changes nothing
  --yes                    asks nothing
  --secrets-to FILE        writes the secrets that are made to this file instead of showing them
  --at URL                 checks the deployment there, instead of where its names lead
  --allow-breaking-migrations   applies migrations that the running version cannot work with
  --new-keyring            makes a keyring although the database has accounts: what the lost one encrypted is lost`;

/** The flags that set variables. */
const VARIABLES = {
  domain: "EDGE_DOMAINS",
  "api-host": "API_HOSTS",
  "records-hosts": "RECORDS_HOSTS",
  dashboard: "DASHBOARD_HOST",
  operators: "OPERATORS",
  "mail-from": "MAIL_FROM",
} as const;

/** @throws {CannotStart} a sentence about what is wrong */
export function readOptions(args: string[]): Options {
  const values = parse(args);
  const vars: Record<string, string> = {};
  for (const text of values.var ?? []) {
    const [, name, value] = /^([A-Z0-9_]+)=(.*)$/s.exec(text) ?? [];
    if (name === undefined || value === undefined) throw new CannotStart(`--var is not NAME=VALUE: ${text}`);
    if (/SECRET|TOKEN/.test(name)) throw new CannotStart(`${name} is a secret: npx wrangler secret put ${name}`);
    vars[name] = value;
  }
  for (const [flag, name] of Object.entries(VARIABLES)) {
    const value = values[flag as keyof typeof VARIABLES];
    if (value !== undefined) vars[name] = value;
  }
  for (const flag of ["asset", "at"] as const) {
    const url = values[flag];
    if (url && !/^https?:$/.test(URL.parse(url)?.protocol ?? ""))
      throw new CannotStart(`--${flag} is not a URL: ${url}`);
  }
  return {
    staging: values.staging ?? false,
    files: values.files ?? false,
    help: values.help ?? false,
    dryRun: values["dry-run"] ?? false,
    yes: values.yes ?? false,
    vars,
    asset: values.asset,
    except: values.except ?? [],
    at: values.at?.replace(/\/$/, ""),
    secretsTo: values["secrets-to"],
    mayBreak: values["allow-breaking-migrations"] ?? false,
    newKeyring: values["new-keyring"] ?? false,
  };
}

function parse(args: string[]) {
  const text = { type: "string" } as const;
  const flag = { type: "boolean" } as const;
  const list = { type: "string", multiple: true } as const;
  try {
    return parseArgs({
      args,
      options: {
        domain: text,
        "api-host": text,
        "records-hosts": text,
        dashboard: text,
        operators: text,
        "mail-from": text,
        var: list,
        asset: text,
        except: list,
        staging: flag,
        files: flag,
        "dry-run": flag,
        yes: flag,
        "secrets-to": text,
        at: text,
        "allow-breaking-migrations": flag,
        "new-keyring": flag,
        help: flag,
      },
    }).values;
  } catch (error) {
    throw new CannotStart(`${(error as Error).message}\n\n${USAGE}`);
  }
}
