import { ASSET_VARIABLE, routesOf } from "./deployment.ts";
import type { Prepared } from "./prepare.ts";

/** What is going to be done, for whoever has to agree to it. */
export function planOf(
  { deployment, deployed, config, migrations, secrets }: Prepared,
  except: readonly string[],
): string {
  const { name, vars } = deployment;
  const { version, applied } = deployed;
  const routes = routesOf({ vars });
  const list = (lines: readonly string[]) => lines.map((line) => `    ${line}`).join("\n");
  const stores = [...(config.kv_namespaces ?? []).map(({ binding }) => `KV ${binding}`), `D1 ${name}`].join(", ");
  const newBuckets = (config.r2_buckets ?? []).filter(
    (one) => !deployed.buckets.some((had) => had.binding === one.binding),
  );
  const buckets = newBuckets
    .map(({ bucket_name }) => `; the bucket ${bucket_name} of R2 is created if it is missing`)
    .join("");
  const all = routes.find(({ pattern }) => pattern === "*/*");
  return `
Plan for the Worker ${name}:
  1. ${version === null ? "it does not exist yet, and is created" : `replaces version ${version}`}
  2. stores: ${applied === null ? `wrangler creates those that are missing (${stores})` : "are there"}${buckets}
  3. secrets: ${secrets.length === 0 ? "all are set, and stay" : secrets.map((one) => `${one.name} (${one.keep === null && process.env[one.name] ? "as given" : "made"})`).join(", ")}
  4. migrations${applied === null ? ", after it is uploaded, since nothing runs yet" : ", before the new version runs; the running one works with them"}: ${migrations.length === 0 ? "none" : migrations.join(", ")}
  5. variables:
${list(Object.entries(vars).map(([one, value]) => `${one} = ${value}`))}
  6. routes:
${list(routes.map(({ pattern, zone_name }) => `${pattern} (zone ${zone_name})`))}${
  all === undefined
    ? ""
    : `\n    ${all.pattern} takes all hosts of ${all.zone_name}.${except.length === 0 ? " One that is not the Worker's needs a route of its own without a Worker first: --except HOST says which." : ` Make the routes ${except.map((host) => `${host}/*`).join(", ")} without a Worker first.`}`
}
  7. check: the API is ready and of the new version, the edge answers${vars[ASSET_VARIABLE] === undefined ? "" : `, ${vars[ASSET_VARIABLE]} is served`}; otherwise the previous version gets the traffic back
`;
}
