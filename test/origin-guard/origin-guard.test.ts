import { describe, expect, it } from "vitest";
import { checkEndpoint, checkHost, checkOrigin } from "../../src/origin-guard/origin-guard.ts";
import type { OriginPolicy } from "../../src/origin-guard/origin-policy.ts";

const ownHosts = ["rescdn.io", "rescdn.localhost", "api.rescdn.io", "localhost", "127.0.0.1", "[::1]"];
const strict: OriginPolicy = { allowPrivate: false, allowHttp: false, ownHosts };
const http: OriginPolicy = { ...strict, allowHttp: true };
const local: OriginPolicy = { allowPrivate: true, allowHttp: true, ownHosts };

const ADDRESS = "must not be a private, local or reserved address";
const LOCAL = "must not be a host of a local or special-use domain";
const OWN = "must not be a host of this CDN";
const PARTS = "must be a scheme, a host and perhaps a path, without query or fragment";
const PATH = "must have a path without dot segments, without ; and without encoded dots, slashes and percent signs";
const USER = "must not contain a user name or password";
const SPACES = "must not contain spaces, control characters or backslashes";
const HTTPS = "must begin with https://";
const INVALID = "is not a valid URL";
const INFRASTRUCTURE = "must not be a metadata service, or inside a cluster";
const UNKNOWN = "must have a host below a public top-level domain";
const HOST = "must have a host that is a DNS name or an address";
const PORT = "must use port 80, 443, or one from 1024 to 65535";

/** RFC 1035 §2.3.4: 255 octets on the wire, 253 characters as they are written. */
const LONGEST = `${"a".repeat(62)}.${"b".repeat(62)}.${"c".repeat(62)}.${"d".repeat(60)}.com`;

describe("checkOrigin()", () => {
  it.each([
    ["https://your-origin.com", "https://your-origin.com"],
    ["https://your-origin.com/", "https://your-origin.com"],
    ["HTTPS://Your-Origin.COM", "https://your-origin.com"],
    ["https://your-origin.com.", "https://your-origin.com"],
    ["https://your-origin.com:443", "https://your-origin.com"],
    ["https://your-origin.com:80", "https://your-origin.com:80"],
    ["https://your-origin.com:1024", "https://your-origin.com:1024"],
    ["https://your-origin.com:8443", "https://your-origin.com:8443"],
    ["https://your-origin.com:65535", "https://your-origin.com:65535"],
    [`https://${LONGEST}`, `https://${LONGEST}`],
    ["https://bucket.example.com/site/v3/", "https://bucket.example.com/site/v3"],
    ["https://bücher.de", "https://xn--bcher-kva.de"],
    ["https://my_bucket.s3.amazonaws.com", "https://my_bucket.s3.amazonaws.com"],
    ["https://8.8.8.8", "https://8.8.8.8"],
    ["https://134744072", "https://8.8.8.8"],
    ["https://[2606:4700:4700::1111]:8443", "https://[2606:4700:4700::1111]:8443"],
    ["https://notrescdn.io", "https://notrescdn.io"],
    ["https://rescdn.io.example.com", "https://rescdn.io.example.com"],
    ["https://172.15.255.255", "https://172.15.255.255"],
    ["https://100.128.0.1", "https://100.128.0.1"],
  ])("takes %s as %s", (input, origin) => {
    expect(checkOrigin(input, strict)).toEqual({ ok: true, origin });
  });

  it.each<[string, string]>([
    // Not an origin at all
    ["", HTTPS],
    ["your-origin.com", HTTPS],
    ["//your-origin.com", HTTPS],
    ["https:your-origin.com", HTTPS],
    ["https:/your-origin.com", HTTPS],
    ["ftp://your-origin.com", HTTPS],
    ["javascript:alert(1)", HTTPS],
    ["file:///etc/passwd", HTTPS],
    ["data:text/html,x", HTTPS],
    ["http://your-origin.com", HTTPS],
    ["https://", INVALID],
    ["https://:443", INVALID],
    ["https://exa mple.com", SPACES],
    [" https://your-origin.com", SPACES],
    ["https://your-origin.com\n", SPACES],
    ["https://your-\torigin.com", SPACES],
    ["https://your-origin.com\u0000", SPACES],
    ["https:\\\\your-origin.com", SPACES],
    ["https://your-origin.com\\@127.0.0.1", SPACES],
    [`https://${"a.".repeat(150)}com`, "must not be longer than 300 characters"],
    // More than an origin
    ["https://user@your-origin.com", USER],
    ["https://user:password@your-origin.com", USER],
    ["https://@your-origin.com", USER],
    ["https://your-origin.com@127.0.0.1", USER],
    ["https://your-origin.com/..", PATH],
    ["https://your-origin.com/a/../b", PATH],
    ["https://your-origin.com/a/%2E%2e/b", PATH],
    ["https://your-origin.com/a%2fb", PATH],
    ["https://your-origin.com/a%5cb", PATH],
    ["https://your-origin.com/a%252e", PATH],
    ["https://your-origin.com/a;b", PATH],
    ["https://your-origin.com?", PARTS],
    ["https://your-origin.com?a=b", PARTS],
    ["https://your-origin.com#", PARTS],
    ["https://your-origin.com#@127.0.0.1", PARTS],
    // Ports of other protocols
    ["https://your-origin.com:0", PORT],
    ...[1, 22, 25, 79, 81, 101, 102, 442, 444, 587, 993, 1023].map((port): [string, string] => [
      `https://your-origin.com:${port}`,
      PORT,
    ]),
    ["https://your-origin.com:65536", INVALID],
    ["https://your-origin.com:-1", INVALID],
    // Our own hosts
    ["https://rescdn.io", OWN],
    ["https://RESCDN.IO", OWN],
    ["https://rescdn.io.", OWN],
    ["https://other-zone.rescdn.io", OWN],
    ["https://a.b.rescdn.io", OWN],
    ["https://api.rescdn.io:8443", OWN],
    ["https://ｒｅｓｃｄｎ.io", OWN],
    ["https://r%65scdn.io", OWN],
    ["https://x.rescdn.localhost", OWN],
    ["https://localhost:9000", OWN],
    ["https://foo.localhost", OWN],
    ["https://127.0.0.1:9000", OWN],
    ["https://[::1]", OWN],
    ["https://0x7f.1", OWN],
    // Loopback and "this host" in every spelling
    ["https://127.0.0.2", ADDRESS],
    ["https://127.1.1", ADDRESS],
    ["https://2130706434", ADDRESS],
    ["https://0x7f000002", ADDRESS],
    ["https://0x7f.0.0.2", ADDRESS],
    ["https://0177.0.0.2", ADDRESS],
    ["https://017700000002", ADDRESS],
    ["https://127.0.0.2.", ADDRESS],
    ["https://１２７.0.0.2", ADDRESS],
    ["https://127。0。0。2", ADDRESS],
    ["https://%31%32%37.0.0.2", ADDRESS],
    ["https://①②⑦.⓪.⓪.②", ADDRESS],
    ["https://0", ADDRESS],
    ["https://0.0.0.0", ADDRESS],
    ["https://0.1.2.3", ADDRESS],
    ["https://[::]", ADDRESS],
    ["https://[0:0:0:0:0:0:0:0]", ADDRESS],
    // Private and shared
    ["https://10.0.0.1", ADDRESS],
    ["https://10.1", ADDRESS],
    ["https://167772161", ADDRESS],
    ["https://012.0.0.1", ADDRESS],
    ["https://172.16.0.1", ADDRESS],
    ["https://172.31.255.255", ADDRESS],
    ["https://192.168.1.1", ADDRESS],
    ["https://0xc0a80101", ADDRESS],
    ["https://100.64.0.1", ADDRESS],
    ["https://100.100.100.200", INFRASTRUCTURE],
    ["https://[fc00::1]", ADDRESS],
    ["https://[fd00:ec2::254]", INFRASTRUCTURE],
    // Link-local and metadata
    ["https://169.254.169.254", ADDRESS],
    ["https://2852039166", ADDRESS],
    ["https://0xa9fea9fe", ADDRESS],
    ["https://0251.0376.0251.0376", ADDRESS],
    ["https://169.254.43518", ADDRESS],
    ["https://[fe80::1]", ADDRESS],
    ["https://[::ffff:169.254.169.254]", ADDRESS],
    ["https://168.63.129.16", INFRASTRUCTURE],
    ["https://0xa83f8110", INFRASTRUCTURE],
    ["https://metadata.goog", INFRASTRUCTURE],
    ["https://metadata.google.internal", INFRASTRUCTURE],
    // IPv4 inside IPv6
    ["https://[::ffff:127.0.0.1]", ADDRESS],
    ["https://[::ffff:7f00:1]", ADDRESS],
    ["https://[::127.0.0.1]", ADDRESS],
    ["https://[::7f00:1]", ADDRESS],
    ["https://[::ffff:0:127.0.0.1]", ADDRESS],
    ["https://[64:ff9b::127.0.0.1]", ADDRESS],
    ["https://[64:ff9b::a00:1]", ADDRESS],
    ["https://[64:ff9b:1::a00:1]", ADDRESS],
    ["https://[2002:7f00:1::]", ADDRESS],
    ["https://[2001:0:7f00:1::1]", ADDRESS],
    // Reserved
    ["https://192.0.0.192", ADDRESS],
    ["https://192.0.2.1", ADDRESS],
    ["https://198.51.100.1", ADDRESS],
    ["https://203.0.113.1", ADDRESS],
    ["https://198.18.0.1", ADDRESS],
    ["https://192.88.99.1", ADDRESS],
    ["https://224.0.0.1", ADDRESS],
    ["https://240.0.0.1", ADDRESS],
    ["https://255.255.255.255", ADDRESS],
    ["https://[2001:db8::1]", ADDRESS],
    ["https://[3fff::1]", ADDRESS],
    ["https://[2001:2::1]", ADDRESS],
    ["https://[100::1]", ADDRESS],
    ["https://[5f00::1]", ADDRESS],
    ["https://[fec0::1]", ADDRESS],
    ["https://[ff02::1]", ADDRESS],
    ["https://[4000::1]", ADDRESS],
    ["https://[fe80::1%25eth0]", INVALID],
    // Numbers that are no address
    ["https://256.256.256.256", INVALID],
    ["https://1.2.3.4.5", INVALID],
    ["https://0x1ffffffff", INVALID],
    // Names that are not public
    ["https://printer", "must have a public host name, with a domain"],
    ["https://com", "must have a public host name, with a domain"],
    ["https://nas.local", LOCAL],
    ["https://db.internal", LOCAL],
    ["https://db.INTERNAL.", LOCAL],
    ["https://web.test", LOCAL],
    ["https://x.invalid", LOCAL],
    ["https://x.onion", LOCAL],
    ["https://router.home.arpa", LOCAL],
    ["https://1.0.0.127.in-addr.arpa", LOCAL],
    ["https://vault.service.consul", UNKNOWN],
    ["https://web.docker", UNKNOWN],
    ["https://shop.default", UNKNOWN],
    ["https://a.nosuchdomain", UNKNOWN],
    ["https://a..example.com", HOST],
    ["https://example.com..", HOST],
    ["https://-a.example.com", HOST],
    ["https://a!b.example.com", HOST],
    ["https://*.example.com", HOST],
    [`https://${"a".repeat(64)}.example.com`, HOST],
    [`https://a${LONGEST}`, HOST],
  ])("refuses %j: %s", (input, reason) => {
    expect(checkOrigin(input, strict)).toEqual({ ok: false, reason });
  });

  it("takes http where the operator allows it, and nothing else with it", () => {
    expect(checkOrigin("http://your-origin.com", http)).toEqual({ ok: true, origin: "http://your-origin.com" });
    expect(checkOrigin("http://10.0.0.1", http)).toEqual({ ok: false, reason: ADDRESS });
    expect(checkOrigin("ftp://your-origin.com", http)).toEqual({ ok: false, reason: HTTPS });
  });

  it.each([
    ["http://localhost:9000", "http://localhost:9000"],
    ["http://127.0.0.1:9000", "http://127.0.0.1:9000"],
    ["http://[::1]:9000", "http://[::1]:9000"],
    ["http://10.0.0.1", "http://10.0.0.1"],
    ["http://[fd00::1]", "http://[fd00::1]"],
    ["http://origin:8080", "http://origin:8080"],
    ["http://db.internal", "http://db.internal"],
  ])("takes %s where private origins are allowed", (input, origin) => {
    expect(checkOrigin(input, local)).toEqual({ ok: true, origin });
  });

  it.each([
    ["http://demo.rescdn.localhost:8787", OWN],
    ["http://api.rescdn.io", OWN],
    ["http://foo.localhost", OWN],
    ["http://169.254.169.254", ADDRESS],
    ["http://100.100.100.200", INFRASTRUCTURE],
    ["http://[fd00:ec2::254]", INFRASTRUCTURE],
    ["http://[FD20:0ce:0::254]", INFRASTRUCTURE],
    ["http://metadata.google.internal.", INFRASTRUCTURE],
    ["http://0.0.0.0:9000", ADDRESS],
    ["http://224.0.0.1", ADDRESS],
    ["http://[fe80::1]", ADDRESS],
    ["http://user@localhost:9000", USER],
  ])("refuses %s even where private origins are allowed: %s", (input, reason) => {
    expect(checkOrigin(input, local)).toEqual({ ok: false, reason });
  });
});

describe("the infrastructure below an origin", () => {
  it.each([
    ...["metadata", "METADATA.", "instance-data", "rancher-metadata", "kubernetes", "metadata.internal"],
    ...["instance-data.ec2.internal", "instance-data.eu-west-1.compute.internal", "metadata.google.internal"],
    ...["x.metadata.google.internal", "metadata.goog", "v1.metadata.goog", "METADATA.GOOG.", "metadata.tencentyun.com"],
    ...["api.metadata.cloud.ibm.com", "metadata.platformequinix.com", "metadata.service.consul", "metadata.local"],
    ...[
      "kubernetes.default",
      "kubernetes.default.svc",
      "kubernetes.default.svc.",
      "kubernetes.default.svc.cluster.local",
    ],
    ...[
      "kubernetes.default.svc.k8s.example.com",
      "kubernetes.docker.internal",
      "shop.default.svc",
      "db.prod.svc.k8s.lan",
    ],
    ...[
      "10-0-0-1.default.pod",
      "10-0-0-1.default.pod.cluster.local",
      "x.cluster.local",
      "ｍｅｔａｄａｔａ",
      "m%65tadata",
    ],
    ...["168.63.129.16", "0xa83f8110", "100.100.100.200", "1684301000", "[fd00:ec2::254]", "[fd00:ec2::23]"],
    ...["[fd20:ce::254]", "[FD20:0ce:0::254]", "[fd00:42::42]"],
  ])("is refused wherever it is: %s", (host) => {
    for (const policy of [strict, http, local]) {
      expect(checkOrigin(`https://${host}`, policy)).toEqual({ ok: false, reason: INFRASTRUCTURE });
      expect(checkEndpoint(`https://${host}/latest/`, policy)).toEqual({ ok: false, reason: INFRASTRUCTURE });
    }
  });

  it.each([
    ...[
      "169.254.169.254",
      "169.254.170.2",
      "169.254.42.42",
      "169.254.0.1",
      "2852039166",
      "0xa9fea9fe",
      "[fe80::a9fe:a9fe]",
    ],
    ...["[::ffff:169.254.169.254]", "[::169.254.169.254]", "[64:ff9b::a9fe:a9fe]", "[2002:a9fe:a9fe::1]"],
    "192.0.0.192",
  ])("is refused by its link-local or reserved address as well: %s", (host) => {
    for (const policy of [strict, http, local]) {
      expect(checkOrigin(`https://${host}`, policy)).toEqual({ ok: false, reason: ADDRESS });
    }
  });

  it.each(["metadata.example.com", "svc.example.com", "kubernetes.io", "api.imds.example.org", "host.пример.рф"])(
    "is not what only sounds like it: %s",
    (host) => {
      expect(checkOrigin(`https://${host}`, strict)).toMatchObject({ ok: true });
    },
  );
});

describe("checkEndpoint()", () => {
  it.each([
    ["https://hooks.example.com", "https://hooks.example.com/"],
    ["HTTPS://Hooks.Example.COM.:443/A/b?c=D", "https://hooks.example.com/A/b?c=D"],
    ["https://hooks.example.com:8443/?a=1&b=%20", "https://hooks.example.com:8443/?a=1&b=%20"],
    ["https://hooks.example.com/a/../b", "https://hooks.example.com/b"],
    ["https://hooks.example.com/@user", "https://hooks.example.com/@user"],
    ["https://[2606:4700:4700::1111]/x", "https://[2606:4700:4700::1111]/x"],
  ])("takes %s as %s", (input, url) => {
    expect(checkEndpoint(input, strict)).toEqual({ ok: true, url });
  });

  it.each([
    ["", HTTPS],
    ["http://hooks.example.com/", HTTPS],
    ["https:///hooks.example.com", INVALID],
    ["https://user:pass@hooks.example.com/", USER],
    ["https://hooks.example.com\\@10.0.0.1/", SPACES],
    ["https://hooks.example.com/a b", SPACES],
    ["https://hooks.example.com/a\r\nX: y", SPACES],
    ["https://hooks.example.com/#top", "must not have a fragment"],
    ["https://hooks.example.com/?a#", "must not have a fragment"],
    ["https://hooks.example.com:22/", PORT],
    ["https://127.2/hook", ADDRESS],
    ["https://0x7f.2/hook?x", ADDRESS],
    ["https://[::ffff:10.0.0.1]/hook", ADDRESS],
    ["https://169.254.169.254/latest/meta-data/", ADDRESS],
    ["https://metadata.goog/computeMetadata/v1/", INFRASTRUCTURE],
    ["https://localhost/hook", OWN],
    ["https://api.rescdn.io/v1/purge?zone=x", OWN],
    ["https://shop.rescdn.io/hook", OWN],
    ["https://db.internal/hook", LOCAL],
    [`https://hooks.example.com/${"a".repeat(2_000)}`, "must not be longer than 2000 characters"],
  ])("refuses %j: %s", (input, reason) => {
    expect(checkEndpoint(input, strict)).toEqual({ ok: false, reason });
  });

  it("takes what the operator allows", () => {
    expect(checkEndpoint("http://127.0.0.1:9000/hook?a", local)).toEqual({
      ok: true,
      url: "http://127.0.0.1:9000/hook?a",
    });
    expect(checkEndpoint("http://hooks.example.com/", http)).toEqual({ ok: true, url: "http://hooks.example.com/" });
    expect(checkEndpoint("http://10.0.0.1/", http)).toEqual({ ok: false, reason: ADDRESS });
  });
});

describe("checkHost()", () => {
  const ALONE = "must be a host, with a port if it needs one, and nothing else";

  it.each([
    ["shop.example.com", "shop.example.com"],
    ["Shop.Example.COM.", "shop.example.com"],
    ["shop.example.com:8443", "shop.example.com:8443"],
    ["bücher.de", "xn--bcher-kva.de"],
    ["93.184.216.34", "93.184.216.34"],
  ])("takes %s", (input, host) => {
    expect(checkHost(input, strict)).toEqual({ ok: true, host });
  });

  it.each([
    ["", INVALID],
    ["https://shop.example.com", ALONE],
    ["shop.example.com/", ALONE],
    ["shop.example.com?a", ALONE],
    ["shop.example.com#a", ALONE],
    ["user@shop.example.com", ALONE],
    ["shop.example.com\\x", SPACES],
    ["shop.example.com\r\nx: y", SPACES],
    ["a.example.com, b.example.com", SPACES],
    ["shop.example.com:x", INVALID],
    ["shop.example.com:22", PORT],
    ["localhost", OWN],
    ["RESCDN.io", OWN],
    ["other.rescdn.io", OWN],
    ["api.rescdn.io", OWN],
    ["other.rescdn.io.", OWN],
    ["127.1", OWN],
    ["10.0.0.1", ADDRESS],
    ["169.254.169.254", ADDRESS],
    ["[::ffff:10.0.0.1]", ADDRESS],
    ["metadata.goog", INFRASTRUCTURE],
    ["db.internal", LOCAL],
  ])("refuses %j: %s", (input, reason) => {
    expect(checkHost(input, strict)).toEqual({ ok: false, reason });
  });
});
