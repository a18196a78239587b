import type { Page } from "playwright-core";
import { type Account, ask, byKey, newZone, newZoneOfSeveral, putFile } from "./account.ts";
import type { Started } from "./started.ts";

/** A page of the dashboard as somebody sees it. */
export interface ShownPage {
  name: string;
  path: string;
  /** A heading that is there when the page is. */
  heading: string;
  /** What is there when its parts that are loaded one by one have come. */
  last?: string;
  /** Presses what opens it, where it is more than its path. */
  open?: [role: "button", name: string];
}

export const OUTSIDE: readonly ShownPage[] = [
  { name: "landing", path: "/", heading: "Your assets, close to whoever asks for them." },
  { name: "sign-in", path: "/sign-in", heading: "Sign in" },
  { name: "sign-in-link", path: "/sign-in/link#abc", heading: "Sign in" },
  { name: "not-found", path: "/no-such-page", heading: "There is no page here" },
];

/** The pages of an account. @param zone one that has served something */
export function insidePages(zone: string): readonly ShownPage[] {
  const shop = namespaceOf(zone);
  return [
    { name: "zones", path: "/zones", heading: "Zones" },
    { name: "new-zone", path: "/zones/new", heading: "New zone" },
    { name: "zone", path: `/zones/${zone}`, heading: zone, last: ".plot canvas" },
    { name: "zone-week", path: `/zones/${zone}?period=7d`, heading: zone, last: ".plot canvas" },
    {
      name: "zone-origins",
      path: `/zones/${originsOf(zone)}`,
      heading: originsOf(zone),
      last: "section[aria-label=Origins] table",
    },
    { name: "purge", path: `/zones/${zone}/purge`, heading: "Purge", last: "section.table" },
    { name: "live", path: `/zones/${zone}/live`, heading: zone, last: "main [role=status]" },
    {
      name: "why",
      path: `/zones/${zone}/why?url=${encodeURIComponent("/assets/reset.css")}`,
      heading: "Why a hit, why a miss",
      last: ".story, .notice",
    },
    { name: "rules", path: `/zones/${zone}/rules`, heading: "Edge rules", open: ["button", "1 Old shop"] },
    { name: "access", path: `/zones/${zone}/access`, heading: "Sign a URL" },
    { name: "hostnames", path: `/zones/${zone}/hostnames`, heading: `cdn.${zone}.example` },
    { name: "files", path: `/zones/${filesOf(zone)}/files`, heading: "Files", last: "section.table" },
    { name: "settings", path: `/zones/${zone}/settings`, heading: zone, last: "form fieldset" },
    { name: "keys", path: "/keys", heading: "Keys" },
    { name: "new-key", path: "/keys", heading: "Keys", open: ["button", "New key"] },
    { name: "rotate-key", path: "/keys", heading: "Keys", open: ["button", `Rotate ${KEY_NAME}`] },
    { name: "usage", path: "/usage", heading: "Usage", last: "section.table" },
    { name: "audit", path: "/audit", heading: "Audit log" },
    { name: "members", path: "/members", heading: "Members" },
    { name: "account", path: "/account", heading: "You" },
    { name: "command-line", path: `/command-line?${asked}`, heading: "Sign in from a terminal" },
    { name: "records", path: "/records", heading: "ResolveDB" },
    { name: "namespace", path: `/records/${shop}`, heading: shop },
    { name: "record", path: `/records/${shop}`, heading: shop, open: ["button", `config.${shop}.v1`] },
    { name: "webhooks", path: "/webhooks", heading: "ResolveDB" },
    { name: "operator", path: "/operator", heading: "Accounts" },
    { name: "new-account", path: "/operator", heading: "Accounts", open: ["button", "New account"] },
  ];
}

/** What `rescdn login` puts into the address that it opens. */
const asked = new URLSearchParams({
  name: "rescdn on laptop",
  scopes: "zones:read zones:write purge usage:read keys:write files:write",
  key: `${"x".repeat(43)}.${"y".repeat(43)}`,
  state: "s".repeat(22),
});

/** A namespace that goes with a zone: nobody else has its name. */
const namespaceOf = (zone: string) => zone.replace("assets", "shop");
/** A zone that goes with another, and has its files here. */
const filesOf = (zone: string) => zone.replace("assets", "files");
/** A zone that goes with another, and has several origins, the first of which is down. */
const originsOf = (zone: string) => zone.replace("assets", "origins");
const KEY_NAME = "CI of a team with a rather long name";

/** Opens a page, and waits until all of it is there. */
export async function show(page: Page, { path, heading, last, open }: ShownPage): Promise<void> {
  await page.goto(path);
  await page.getByRole("heading", { name: heading }).first().waitFor();
  if (open) await page.getByRole(open[0], { name: open[1], exact: true }).click();
  if (last) await page.locator(last).first().waitFor();
  const loading = page.getByRole("status", { name: "Loading" });
  while ((await loading.count()) > 0) await loading.first().waitFor({ state: "detached" });
}

/** Fills an account with something to see on each page; the name of its zone. */
export async function furnish(started: Started, account: Account): Promise<string> {
  const zone = await newZone(started, account, `assets-${account.id.slice(-6).toLowerCase()}`);
  await newZone(
    started,
    account,
    `a-zone-with-a-name-that-is-as-long-as-a-name-can-be-${account.id.slice(-6).toLowerCase()}`,
  );
  for (const path of ["/assets/reset.css", "/assets/map.js", "/assets/logo.svg", "/missing.png"])
    for (let times = 0; times < 4; times++) await ask(started, zone, path);
  await byKey(started, account, "POST", "/v1/purge", { zone, paths: ["/assets/map.js"] });
  await byKey(started, account, "POST", "/v1/purge", { zone, tags: ["release-41"], soft: true });
  await byKey(started, account, "PATCH", `/v1/zones/${zone}`, {
    settings: {
      rules: [
        { name: "Old shop", when: { path: "/shop/*" }, do: { redirect: { to: "/store/$1", status: 301 } } },
        {
          when: { extension: ["js", "css"], country: "DE" },
          do: { edge_ttl: 3_600, response_headers: { "x-team": "web" } },
        },
      ],
      access: { referers: { allow: ["www.example.com", "*.example.org"], none: "allow" } },
      origin_headers: { "x-origin-key": "of-the-demo" },
      logs: { target: { type: "https", url: `${started.assets}/logs` } },
    },
  });
  await newZoneOfSeveral(started, account, originsOf(zone));
  for (let times = 0; times < 4; times++) await ask(started, originsOf(zone), `/assets/reset.css?${times}`);
  await byKey(started, account, "POST", `/v1/zones/${zone}/signing-keys`, {});
  await byKey(started, account, "POST", `/v1/zones/${zone}/hostnames`, { hostname: `cdn.${zone}.example` });
  await byKey(started, account, "POST", "/v1/keys", {
    name: KEY_NAME,
    scopes: ["purge"],
  });
  await byKey(started, account, "POST", "/v1/zones", { name: filesOf(zone), origin: "r2://files" });
  for (const path of [
    "/assets/site.css",
    "/assets/app.js",
    "/index.html",
    "/a-folder/with-a-name-that-is-long/and-another-one/picture.svg",
  ])
    await putFile(started, account, filesOf(zone), path, "a file");
  const record = {
    key: `config.${namespaceOf(zone)}.v1`,
    data: Buffer.from('{"database":"postgres"}').toString("base64"),
  };
  await byKey(started, account, "POST", "/api/v1/records", { record });
  const webhook = { url: `${started.assets}/hook`, events: ["record.upserted"] };
  await byKey(started, account, "POST", "/api/v1/webhooks", { webhook });
  return zone;
}
