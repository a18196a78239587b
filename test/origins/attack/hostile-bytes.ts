import fc from "fast-check";

/** What the hostile client writes on a connection of its own, and how it leaves. */
export interface HostileBytes {
  /** Latin-1. `<host>` and `<path>` stand for the zone's host and the path that the plain client asks for. */
  text: string;
  /** It waits for an answer, ends its side at once, resets, or leaves the connection open without a word. */
  end: "reads" | "ends" | "resets" | "stays";
}

const NEXT = "GET <path> HTTP/1.1\r\nHost: <host>\r\nX-Forwarded-Host: taint.example\r\nCookie: taint\r\n\r\n";

const LINES = [
  "GET <path> HTTP/1.1",
  "GET <path>?utm=taint HTTP/1.1",
  "GET http://<host><path> HTTP/1.1",
  "GET http://taint.example<path> HTTP/1.1",
  "GET //taint.example<path> HTTP/1.1",
  "GET <path> HTTP/1.0",
  "GET <path> HTTP/0.9",
  "GET <path>",
  "GET  <path>  HTTP/1.1",
  "GET <path>\tHTTP/1.1",
  "GET <path> HTTP/1.1 HTTP/1.1",
  "GET <path>#taint HTTP/1.1",
  "GET \\taint<path> HTTP/1.1",
  "HEAD <path> HTTP/1.1",
  "POST <path> HTTP/1.1",
  "PUT <path> HTTP/1.1",
  "OPTIONS * HTTP/1.1",
  "TRACE <path> HTTP/1.1",
  "CONNECT <host>:80 HTTP/1.1",
  "M-SEARCH <path> HTTP/1.1",
  "get <path> HTTP/1.1",
  "PRI * HTTP/2.0",
  "\r\nGET <path> HTTP/1.1",
];

const FRAMINGS = [
  "",
  "",
  "Content-Length: 5\r\n",
  "Content-Length: 50000\r\n",
  "Content-Length: 0\r\nContent-Length: 5\r\n",
  "Content-Length: 0, 5\r\n",
  "Content-Length: +5\r\n",
  "Content-Length: -1\r\n",
  "Content-Length: 18446744073709551621\r\n",
  "Transfer-Encoding: chunked\r\n",
  "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
  "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
  "Transfer-Encoding: xchunked\r\n",
  "Transfer-Encoding: chunked, identity\r\n",
  "Transfer-Encoding : chunked\r\n",
  "Transfer-Encoding:\x0bchunked\r\n",
  "Transfer-Encoding:\r\n chunked\r\n",
  "Expect: 100-continue\r\nContent-Length: 5\r\n",
  "Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: taint\r\n",
  "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGFpbnQ=\r\nSec-WebSocket-Version: 13\r\n",
];

const FIELDS = [
  "Host: taint.example",
  "Host: <host>",
  "Host:",
  "X-Forwarded-Host: taint.example",
  "X-Original-URL: /taint",
  "X-HTTP-Method-Override: taint",
  "Via: 1.1 taint",
  `Via: 1.1 ${"taint".padEnd(9_000, "a")}`,
  `CDN-Loop: ${"taint, ".repeat(40)}taint`,
  "CDN-Loop: rescdn",
  "Cookie: holdtaint=1",
  "Cookie: droptaint=1",
  `Cookie: ${"taint".padEnd(20_000, "a")}`,
  "Authorization: Bearer taint",
  "X-Real-IP: holdtaint",
  "X-Real-IP: failtaint",
  "Forwarded: host=droptaint",
  "Accept-Language: denytaint",
  "Origin: https://taint.example",
  "Range: bytes=0-0",
  "Range: bytes=0-99, 5-taint",
  'If-None-Match: "taint"',
  "Cache-Control: no-store",
  "Connection: Cookie, X-Forwarded-Host",
  "X-A: a\rX-Forwarded-Host: taint.example",
  "X-A: a\nX-Forwarded-Host: taint.example",
  "X-A: a\0taint",
  "X-A: \x80\xfftaint",
  "X-A: a\r\n taint",
  ": taint",
  "taint",
  "X-Forwarded-Host : taint.example",
  "X_Forwarded_Host: taint.example",
  `X-${"taint".padEnd(5_000, "a")}: b`,
];

const BODIES = [
  "",
  "",
  "taint",
  "5\r\ntaint\r\n0\r\n\r\n",
  "0\r\n\r\n",
  "0\r\nX-Forwarded-Host: taint\r\n\r\n",
  "zz\r\ntaint\r\n0\r\n\r\n",
  "fffffffffffffffff\r\ntaint",
];

/** The text with octets changed, put in, or left out. */
const mutations = fc.array(
  fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    octets: fc.constantFrom("", "\0", "\r", "\n", "\r\n", "\r\n\r\n", " ", ":", "\t", "\xff", "%", "taint"),
    out: fc.nat(3),
  }),
  { maxLength: 3 },
);

export const hostileBytes: fc.Arbitrary<HostileBytes> = fc
  .record({
    line: fc.oneof(
      { weight: 3, arbitrary: fc.constant(LINES[0]!) },
      { weight: 2, arbitrary: fc.constantFrom(...LINES) },
    ),
    framing: fc.constantFrom(...FRAMINGS),
    fields: fc.array(fc.constantFrom(...FIELDS), { maxLength: 4 }),
    body: fc.constantFrom(...BODIES),
    next: fc.constantFrom("", "", NEXT, NEXT.repeat(5)),
    mutations: fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: mutations }),
    cut: fc.oneof(
      { weight: 4, arbitrary: fc.constant(1) },
      { weight: 1, arbitrary: fc.double({ min: 0, max: 1, noNaN: true }) },
    ),
    end: fc.constantFrom<HostileBytes["end"]>("reads", "reads", "ends", "resets", "stays"),
  })
  .map(({ line, framing, fields, body, next, mutations, cut, end }) => {
    let text = `${line}\r\nHost: <host>\r\n${framing}${fields.map((field) => `${field}\r\n`).join("")}\r\n${body}${next}`;
    for (const { at, octets, out } of mutations) {
      const place = Math.floor(at * text.length);
      text = text.slice(0, place) + octets + text.slice(place + out);
    }
    return { text: text.slice(0, Math.ceil(cut * text.length)), end };
  });
