import fc from "fast-check";
import { mostlyFirst } from "./hostile.ts";
import type { Seen } from "./origin.ts";

/** A request of the plain client, which has nothing to do with the other. */
export interface PlainRequest {
  /** Which of the play's paths. */
  at: number;
  query: string;
  shape: keyof typeof SHAPES;
  /** Whether it says who it is, in each field that a zone may forward. */
  signed: boolean;
  waits: boolean;
}

const SHAPES = {
  whole: { method: "GET", headers: {} },
  gzip: { method: "GET", headers: { "accept-encoding": "gzip" } },
  page: { method: "GET", headers: { origin: "https://plain.example" } },
  head: { method: "HEAD", headers: {} },
  start: { method: "GET", headers: { range: "bytes=0-99" } },
  rest: { method: "GET", headers: { range: "bytes=100-", "if-range": '"c"' } },
  validates: { method: "GET", headers: { "if-none-match": '"c"' } },
  since: { method: "GET", headers: { "if-modified-since": "Sun, 01 Nov 2026 10:00:00 GMT" } },
} as const satisfies Record<string, Pick<Seen, "method"> & { headers: Record<string, string> }>;

const SIGNED = {
  cookie: "user=plain",
  authorization: "Bearer plain",
  "accept-language": "en",
  "cf-connecting-ip": "203.0.113.1",
  "user-agent": "Plain/1.0",
  "x-tier": "plain",
};

/** What the plain client sends. */
export function initOf({
  shape,
  signed,
}: Pick<PlainRequest, "shape" | "signed">): RequestInit & { headers: Record<string, string> } {
  const { method, headers } = SHAPES[shape];
  return { method, headers: { ...headers, ...(signed && SIGNED) } };
}

export const plainRequest: fc.Arbitrary<PlainRequest> = fc.record({
  at: mostlyFirst,
  query: fc.oneof(
    { weight: 4, arbitrary: fc.constant("") },
    { weight: 1, arbitrary: fc.constantFrom("?v=1", "?b=2&a=1", "?v=1&utm=9") },
  ),
  shape: fc.oneof(
    { weight: 5, arbitrary: fc.constant<PlainRequest["shape"]>("whole") },
    { weight: 4, arbitrary: fc.constantFrom(...(Object.keys(SHAPES) as PlainRequest["shape"][])) },
  ),
  signed: fc.oneof({ weight: 3, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
  waits: fc.boolean(),
});
