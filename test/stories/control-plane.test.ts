import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { call, newCustomer, newName, newZone, type ShownZone } from "../support/control-plane.ts";

it("creates a zone as documented", async () => {
  const customer = await newCustomer();
  const name = newName();
  const created = await call("/v1/zones", {
    method: "POST",
    key: customer.live,
    body: { name, origin: "https://your-origin.com" },
  });
  console.log(created.status, await created.clone().text());
  const list = await call("/v1/zones", { key: customer.live });
  console.log(list.status, await list.text(), [...list.headers]);
  const kv = await env.ZONES.get(`zone:${name}`);
  console.log(kv);
  const purge = await call(`/v1/purge?zone=${name}&path=/a/b.css`, { key: customer.live });
  console.log(purge.status, await purge.text());
  console.log(await env.ZONES.get(`zone:${name}`));
  for (const p of ["/health", "/openapi.json", "/nope", "/v1/zones/x"]) {
    const r = await call(p);
    console.log(p, r.status, (await r.text()).slice(0, 6000));
  }
});
