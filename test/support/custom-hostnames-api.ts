/** A custom hostname in Cloudflare for SaaS. */
export interface HeldHostname {
  id: string;
  hostname: string;
  status: string;
  ssl: { status: string; method: string; type: string; validation_errors?: { message: string }[] };
  verification_errors?: string[];
}

/** What the API does with one call instead of what is documented. */
export type ApiFault = { status: number; code: number; headers?: Record<string, string> } | "unreachable" | "nonsense";

/**
 * The part of Cloudflare for SaaS that is called, as documented: `POST`, `GET` (by id, or `?hostname=`), `PATCH` and `DELETE`
 * of `/zones/{zone_id}/custom_hostnames`, with their statuses and error codes. Tests decide what happens to a hostname there.
 */
export class CustomHostnamesApi {
  readonly zone = "0123456789abcdef0123456789abcdef";
  readonly token = "token-that-no-log-may-hold";
  readonly held = new Map<string, HeldHostname>();
  /** Calls, as `POST cdn.example.com` or `GET <hostname of the id>`. */
  readonly calls: string[] = [];
  /** The most hostnames that the zone may have. */
  quota = Number.POSITIVE_INFINITY;
  #faults: ApiFault[] = [];
  #ids = 0;

  /** The faults of the next calls, in order. */
  fails(...faults: ApiFault[]): void {
    this.#faults = faults;
  }

  named(hostname: string): HeldHostname {
    return [...this.held.values()].find((one) => one.hostname === hostname)!;
  }

  /** Changes a hostname's state. */
  becomes(hostname: string, change: Partial<HeldHostname>): void {
    Object.assign(this.named(hostname), change);
  }

  activate(hostname: string): void {
    const { ssl } = this.named(hostname);
    this.becomes(hostname, { status: "active", ssl: { ...ssl, status: "active" } });
  }

  /** @param text the body */
  answer(method: string, url: URL, authorization: string | null, text: string): Response {
    const id = url.pathname.split("/custom_hostnames/")[1] ?? null;
    const body =
      text === "" ? {} : (JSON.parse(text) as { hostname?: string; ssl?: { method?: string; type?: string } });
    const named = id === null ? (body.hostname ?? url.searchParams.get("hostname")) : this.held.get(id)?.hostname;
    this.calls.push(`${method} ${named ?? id}`);
    const fault = this.#faults.shift();
    if (fault === "unreachable") throw new Error("connection refused");
    if (fault === "nonsense") return new Response("<html>Bad gateway</html>", { status: 502 });
    if (fault !== undefined) return refused(fault.status, fault.code, fault.headers);
    if (authorization !== `Bearer ${this.token}`) return refused(403, 10_000);
    if (!url.pathname.startsWith(`/client/v4/zones/${this.zone}/custom_hostnames`)) return refused(404, 7_003);
    if (id !== null) return this.#one(method, id, body.ssl);
    if (method === "GET") return done([...this.held.values()].filter(({ hostname }) => hostname === named));
    return method === "POST" ? this.#create(String(named), body.ssl) : refused(405, 10_405);
  }

  #create(hostname: string, ssl: { method?: string; type?: string } = {}): Response {
    if (ssl.method !== "http" || ssl.type !== "dv") return refused(400, 1_440);
    if ([...this.held.values()].some((one) => one.hostname === hostname)) return refused(409, 1_406);
    if (this.held.size >= this.quota) return refused(403, 1_405);
    if (/\.example\.org$/.test(hostname)) return refused(400, 1_411);
    const id = (++this.#ids).toString(16).padStart(32, "0");
    const made = { id, hostname, status: "pending", ssl: { status: "initializing", method: "http", type: "dv" } };
    this.held.set(id, made);
    return done(made, 201);
  }

  #one(method: string, id: string, ssl: { method?: string; type?: string } = {}): Response {
    const one = this.held.get(id);
    if (one === undefined) return refused(404, 1_436);
    if (method === "GET") return done(one);
    if (method === "DELETE") {
      this.held.delete(id);
      return done({ id });
    }
    if (method !== "PATCH" || ssl.method !== one.ssl.method || ssl.type !== one.ssl.type) return refused(400, 1_440);
    one.status = "pending";
    one.ssl.status = "pending_validation";
    return done(one, 202);
  }
}

function done(result: unknown, status = 200): Response {
  return Response.json({ success: true, errors: [], messages: [], result }, { status });
}

function refused(status: number, code: number, headers: Record<string, string> = {}): Response {
  const errors = [{ code, message: "refused" }];
  return Response.json({ success: false, errors, messages: [], result: null }, { status, headers });
}
