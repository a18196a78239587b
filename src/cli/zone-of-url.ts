import type { Client } from "openapi-fetch";
import type { paths } from "../../dist/api-types/rescdn.d.ts";
import { answerOf, everyPage } from "./calls.ts";
import { isThisMachine, type Schemas } from "./cli.ts";
import { Failed, misused } from "./failed.ts";
import { progress } from "./terminal.ts";

type Zone = Schemas["Zone"];

/** A URL as somebody wrote it. */
export function urlOf(text: string): URL {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol))
    throw misused(`${JSON.stringify(text)} is not a URL`, "such as https://my-assets.rescdn.io/a.css");
  return url;
}

/** The zone that serves a host: by the zone's own name, or by a customer's hostname. */
export async function zoneOfHost(client: Client<paths>, host: string): Promise<Zone> {
  const label = host.split(".", 1)[0]!;
  const { data } = await client.GET("/v1/zones/{id}", { params: { path: { id: label } } });
  if (data !== undefined && (data.subdomain === host || isThisMachine(host))) return data;
  const zones = await allZones(client);
  for (const [index, zone] of zones.entries()) {
    progress(`looking for ${host}: ${index} of ${zones.length} zones…`);
    const path = { id: zone.id, hostname: host };
    const found = await client.GET("/v1/zones/{id}/hostnames/{hostname}", { params: { path } });
    if (found.response.ok) return zone;
  }
  throw new Failed(`none of your zones serves ${host}`, { hint: "rescdn zones ls shows your zones" });
}

/** All zones that the key may see. */
export function allZones(client: Client<paths>, name?: string): Promise<Zone[]> {
  return everyPage(async (cursor) => {
    const query = { limit: 100, ...(cursor !== undefined && { cursor }), ...(name !== undefined && { name }) };
    const { zones, next_cursor } = await answerOf(client.GET("/v1/zones", { params: { query } }));
    return { items: zones, next: next_cursor };
  });
}

/** The URL where a zone is served: on the network, or by the API's own server on this machine. @param api the API's origin */
export function addressOf(subdomain: string, api: string): string {
  const { hostname, port } = new URL(api);
  if (!isThisMachine(hostname)) return `https://${subdomain}`;
  return `http://${subdomain.split(".", 1)[0]}.rescdn.localhost${port && `:${port}`}`;
}
