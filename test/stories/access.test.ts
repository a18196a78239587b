import { describe, expect, it } from "vitest";
import type { AccessSettings } from "../../src/zones/access-settings.ts";
import { asset, pass, play, playEdge } from "../support/edge.ts";
import { playSigned } from "../support/signing.ts";

playEdge();

const CSS = { "content-type": "text/css", "cache-control": "max-age=86400" };

/** What a request says of its client. */
interface Client {
  address?: string;
  country?: string | null;
  asn?: number | string;
  referer?: string;
  agent?: string;
}

function by({ address, country, asn, referer, agent }: Client, init: RequestInit = {}): RequestInit {
  const headers = new Headers(init.headers);
  if (address !== undefined) headers.set("cf-connecting-ip", address);
  if (referer !== undefined) headers.set("referer", referer);
  if (agent !== undefined) headers.set("user-agent", agent);
  return { ...init, headers, cf: { country, asn } as never };
}

async function told(answer: Response): Promise<string> {
  await answer.arrayBuffer();
  const detail = /detail=([\w-]+)/.exec(answer.headers.get("cache-status") ?? "")?.[1];
  return [answer.status, detail ?? answer.headers.get("x-cache")].join(" ");
}

/** For each list: what passes, what is refused, and what becomes of the malformed, the unknown and the missing. */
const TABLE: readonly [word: string, access: AccessSettings, passing: Client[], refused: Client[]][] = [
  [
    "access-address",
    { addresses: { allow: ["192.0.2.0/24", "198.51.100.7", "2001:db8::/32"] } },
    [
      { address: "192.0.2.200" },
      { address: "198.51.100.7" },
      { address: "2001:db8:1::1" },
      { address: "::ffff:192.0.2.1" },
    ],
    [{ address: "198.51.100.8" }, { address: "2001:db9::1" }, { address: "192.0.2.1.1" }, { address: "" }, {}],
  ],
  [
    "access-address",
    { addresses: { deny: ["192.0.2.0/24", "2001:db8::1"] } },
    [{ address: "198.51.100.8" }, { address: "2001:db8::2" }, { address: "nonsense" }, {}],
    [{ address: "192.0.2.0" }, { address: "192.0.2.255" }, { address: "2001:db8:0:0::1" }],
  ],
  [
    "access-address",
    { addresses: { allow: ["192.0.2.0/24"], deny: ["192.0.2.128/25"] } },
    [{ address: "192.0.2.127" }],
    [{ address: "192.0.2.128" }, { address: "198.51.100.1" }],
  ],
  ["access-address", { addresses: { allow: ["0.0.0.0/0"] } }, [{ address: "192.0.2.1" }], [{ address: "2001:db8::1" }]],
  [
    "access-country",
    { countries: { allow: ["DE", "FR"] } },
    [{ country: "DE" }, { country: "FR" }],
    [{ country: "US" }, { country: "XX" }, { country: "T1" }, { country: "Germany" }, { country: null }, {}],
  ],
  [
    "access-country",
    { countries: { deny: ["US", "T1"] } },
    [{ country: "DE" }, { country: "XX" }, { country: "U" }, {}],
    [{ country: "US" }, { country: "T1" }],
  ],
  ["access-asn", { asns: { allow: [64496] } }, [{ asn: 64496 }], [{ asn: 64497 }, { asn: "many" }, { asn: -1 }, {}]],
  ["access-asn", { asns: { deny: [64496] } }, [{ asn: 64497 }, { asn: "many" }, {}], [{ asn: 64496 }]],
  [
    "access-referer",
    { referers: { allow: ["www.example.com", "*.example.org"] } },
    [
      { referer: "https://www.example.com/page?x=1" },
      { referer: "http://WWW.EXAMPLE.COM:8080" },
      { referer: "https://a.example.org/" },
      { referer: "https://a.b.example.org./" },
      { referer: "" },
      {},
    ],
    [
      { referer: "https://example.com/" },
      { referer: "https://example.org/" },
      { referer: "https://badexample.org/" },
      { referer: "https://www.example.com.evil.example/" },
      { referer: "https://evil.example/?https://www.example.com/" },
      { referer: "https://www.example.com@evil.example/" },
      { referer: "www.example.com" },
      { referer: "about:blank" },
      { referer: "ftp://www.example.com/" },
    ],
  ],
  [
    "access-referer",
    { referers: { allow: ["www.example.com"], none: "deny" } },
    [{ referer: "https://www.example.com/" }],
    [{ referer: "" }, {}, { referer: "https://other.example/" }],
  ],
  [
    "access-referer",
    { referers: { deny: ["*.evil.example"] } },
    [{ referer: "https://evil.example/" }, { referer: "nonsense" }, {}],
    [{ referer: "https://a.evil.example/" }],
  ],
  [
    "access-referer",
    { referers: { none: "deny" } },
    [{ referer: "https://any.example/" }, { referer: "nonsense" }],
    [{}],
  ],
  [
    "access-user-agent",
    { user_agents: { deny: ["Scraper", "curl/"] } },
    [{ agent: "Mozilla/5.0" }, { agent: "curl" }, { agent: "" }, {}],
    [{ agent: "TheSCRAPER/1.0" }, { agent: "curl/8.5.0" }],
  ],
  [
    "access-user-agent",
    { user_agents: { allow: ["MyApp/"], none: "deny" } },
    [{ agent: "MyApp/2.1 (iOS)" }],
    [{ agent: "Mozilla/5.0" }, { agent: "" }, {}],
  ],
];

describe("an access rule", () => {
  it.each(TABLE)(
    "%s of %o lets in whom it shall, before and after the answer is hot",
    async (word, access, passing, refused) => {
      const { origin, get } = await play({ access });
      origin.answers(asset("a", CSS));
      for (let round = 0; round < 3; round++) {
        for (const client of refused)
          expect(await told(await get("/a.css", by(client))), JSON.stringify(client)).toBe(`403 ${word}`);
        for (const client of passing)
          expect((await get("/a.css", by(client))).status, JSON.stringify(client)).toBe(200);
      }
      expect(origin.hits).toBe(1);
    },
  );

  it("lets the zone's own pages and style sheets refer to it", async () => {
    const { zone, origin, get } = await play({ access: { referers: { allow: ["www.example.com"], none: "deny" } } });
    origin.answers(asset("a", CSS));
    const own = { referer: `https://${zone.name}.rescdn.localhost/styles.css` };
    expect((await get("/a.css", by(own))).status).toBe(200);
    expect((await get("/a.css", by({ referer: "https://other.rescdn.localhost/" }))).status).toBe(403);
  });

  it("holds for every method, for a range and for what would be a 304, and refuses with no-store and CORS", async () => {
    const { origin, get } = await play({ methods: "all", access: { countries: { deny: ["US"] } } });
    origin.answers(asset("a", { ...CSS, etag: '"1"' }));
    await get("/a.css");
    for (const init of [
      { method: "HEAD" },
      { method: "POST", body: "x" },
      { method: "DELETE" },
      { method: "OPTIONS" },
      { headers: { range: "bytes=0-0" } },
      { headers: { "if-none-match": '"1"' } },
    ]) {
      const answer = await get("/a.css", by({ country: "US" }, init));
      expect(await told(answer)).toBe("403 access-country");
      expect(answer.headers.get("cache-control")).toBe("no-store");
      expect(answer.headers.get("access-control-allow-origin")).toBe("*");
    }
    expect(origin.hits).toBe(1);
  });

  it("lets a preflight pass that the edge answers itself, and no other", async () => {
    const access = { countries: { deny: ["US"] } };
    const preflight = {
      method: "OPTIONS",
      headers: { "access-control-request-method": "GET", origin: "https://a.example" },
    };
    const answered = await play({ access });
    expect((await answered.get("/a", by({ country: "US" }, preflight))).status).toBe(204);
    const passed = await play({ access, cors: false });
    expect((await passed.get("/a", by({ country: "US" }, preflight))).status).toBe(403);
  });

  it("is looked at in one order: address, country, network, referer, user agent, rate, signature", async () => {
    const access: AccessSettings = {
      addresses: { deny: ["192.0.2.1"] },
      countries: { deny: ["US"] },
      asns: { deny: [64496] },
      referers: { deny: ["evil.example"] },
      user_agents: { deny: ["scraper"] },
      rate_limit: { requests: 1 },
    };
    const { origin, get, sign } = await playSigned({ access });
    origin.answers(asset("a", CSS));
    const address = "192.0.2.9";
    const bad = { country: "US", asn: 64496, referer: "https://evil.example/", agent: "a scraper" };
    expect((await get(sign("/a.css"), by({ address }))).status).toBe(200);
    const words: string[] = [];
    for (const client of [
      { ...bad, address: "192.0.2.1" },
      { ...bad, address },
      { ...bad, address, country: "DE" },
      { ...bad, address, country: "DE", asn: 1 },
      { address, agent: bad.agent },
      { address },
      { address: "192.0.2.10" },
    ]) {
      words.push(await told(await get("/a.css", by(client))));
    }
    expect(words).toEqual([
      "403 access-address",
      "403 access-country",
      "403 access-asn",
      "403 access-referer",
      "403 access-user-agent",
      "429 rate-limited",
      "403 signature-missing",
    ]);
  });

  it("stands behind a pause, a suspension and a takedown", async () => {
    const access = { countries: { deny: ["US"] } };
    const paused = await play({ access }, { state: "paused" });
    expect(await told(await paused.get("/a", by({ country: "US" })))).toBe("403 paused-zone");
    const takedowns = { paths: { "/a": "order 1" }, urls: {}, prefixes: [] };
    const taken = await play({ access }, { takedowns });
    expect(await told(await taken.get("/a", by({ country: "US" })))).toBe("451 taken-down");
  });

  it("never lets what one client gets be what another one gets", async () => {
    const { origin, get, publish } = await play({ access: { countries: { allow: ["DE"] } } });
    origin.answers(asset("a", CSS));
    const us = () => get("/a.css", by({ country: "US" }));
    const de = () => get("/a.css", by({ country: "DE" }));
    // Refused first: nothing of that is stored.
    expect(await told(await us())).toBe("403 access-country");
    expect(await told(await de())).toBe("200 MISS");
    // At once: nobody who is refused follows a fill.
    origin.answers(asset("b", CSS));
    const together = await Promise.all([us(), get("/b.css", by({ country: "DE" })), us(), us()]);
    expect(together.map(({ status }) => status)).toEqual([403, 200, 403, 403]);
    for (let i = 0; i < 3; i++) expect((await de()).headers.get("x-cache")).toBe("HIT");
    expect(await told(await us())).toBe("403 access-country");
    // A changed rule holds for what is hot.
    await publish({ settings: { ...(await play()).zone.settings, access: { countries: { allow: ["US"] } } } });
    expect((await us()).status).toBe(200);
    expect((await de()).status).toBe(403);
    expect(origin.hits).toBe(2);
  });
});

describe("a rate limit", () => {
  it("lets so many requests of an address pass within ten seconds, and says when the next may come", async () => {
    const { origin, get } = await play({ access: { rate_limit: { requests: 3 } } });
    origin.answers(asset("a", CSS));
    const ask = (address: string) => get("/a.css", by({ address }));
    for (let i = 0; i < 3; i++) expect((await ask("192.0.2.1")).status).toBe(200);
    const refused = await ask("192.0.2.1");
    expect(await told(refused)).toBe("429 rate-limited");
    expect(refused.headers.get("cache-control")).toBe("no-store");
    const wait = Number(refused.headers.get("retry-after"));
    expect(wait).toBeGreaterThan(0);
    expect((await ask("192.0.2.2")).status).toBe(200);
    pass(wait - 1);
    expect((await ask("192.0.2.1")).status).toBe(429);
    pass(1);
    expect((await ask("192.0.2.1")).status).toBe(200);
  });

  it("takes a /64 of IPv6 for one client, each zone by itself, and none of an unknown address", async () => {
    const settings = { access: { rate_limit: { requests: 1 } } };
    const [one, other] = [await play(settings), await play(settings)];
    for (const { origin } of [one, other]) origin.answers(asset("a", CSS));
    expect((await one.get("/a.css", by({ address: "2001:db8::1" }))).status).toBe(200);
    expect((await one.get("/a.css", by({ address: "2001:db8::2" }))).status).toBe(429);
    expect((await one.get("/a.css", by({ address: "2001:db8:0:1::2" }))).status).toBe(200);
    expect((await other.get("/a.css", by({ address: "2001:db8::2" }))).status).toBe(200);
    for (let i = 0; i < 3; i++) expect((await one.get("/a.css")).status).toBe(200);
  });
});
