import { describe, expect, it } from "vitest";
import { parseResponseHead } from "../../src/http/response-head.ts";

const head = (...lines: string[]) => parseResponseHead(lines.join("\r\n"), "GET");
const OK = "HTTP/1.1 200 OK";

describe("parseResponseHead()", () => {
  it("reads the status and the fields, names in lower case, in order", () => {
    expect(head("HTTP/1.0 404 Not Found", "A: 1", "set-cookie:  x=1; Path=/\t", "SET-COOKIE: y=2", "Empty:")).toEqual({
      status: 404,
      headers: [
        ["a", "1"],
        ["set-cookie", "x=1; Path=/"],
        ["set-cookie", "y=2"],
        ["empty", ""],
      ],
      framing: { kind: "until-close" },
    });
  });

  it.each<[string, string[], object]>([
    ["a length", [OK, "Content-Length: 12"], { kind: "length", length: 12 }],
    ["the same length twice", [OK, "Content-Length: 12", "content-length: 12"], { kind: "length", length: 12 }],
    ["chunks", [OK, "Transfer-Encoding: Chunked"], { kind: "chunked" }],
    ["neither", [OK], { kind: "until-close" }],
    ["no reason phrase", ["HTTP/1.1 200"], { kind: "until-close" }],
    ["204", ["HTTP/1.1 204 x", "Content-Length: 5"], { kind: "none" }],
    ["205", ["HTTP/1.1 205 x", "Content-Length: 5"], { kind: "none" }],
    ["304", ["HTTP/1.1 304 x", "Content-Length: 5"], { kind: "none" }],
    ["103", ["HTTP/1.1 103 Early Hints"], { kind: "none" }],
  ])("knows how the body ends: %s", (_, lines, framing) => {
    expect(head(...lines)?.framing).toEqual(framing);
  });

  it("knows that an answer to HEAD has no body", () => {
    expect(parseResponseHead(`${OK}\r\nContent-Length: 5`, "HEAD")?.framing).toEqual({ kind: "none" });
  });

  const firstValue = (...lines: string[]) => head(OK, ...lines)?.headers[0]?.[1];
  const bytes = (text: string) => String.fromCharCode(...new TextEncoder().encode(text));

  it("takes a line that ends in LF alone", () => {
    expect(parseResponseHead(`${OK}\nA: 1\r\nContent-Length: 5`, "GET")).toEqual({
      status: 200,
      headers: [
        ["a", "1"],
        ["content-length", "5"],
      ],
      framing: { kind: "length", length: 5 },
    });
  });

  it.each<[string, string[], string]>([
    ["folded", ["A: 1", " b", "\t c "], "1 b c"],
    ["folded before it begins", ["A:", " b"], "b"],
    ["folded with a colon", ["A: 1", " b: 2"], "1 b: 2"],
    ["of UTF-8", [bytes("A: Größe 世界 🎉")], "Größe 世界 🎉"],
    ["of UTF-8 that begins with a byte order mark", [bytes("A: \ufeffx")], "\ufeffx"],
    ["of Latin-1", ["A: Gr\xf6\xdfe"], "Größe"],
    ["of UTF-8 that breaks off", ["A: \xe4\xb8"], "\xe4\xb8"],
    ["of other control characters", ["A: a\x01\x7fb"], "a\x01\x7fb"],
  ])("takes a value %s", (_, lines, value) => {
    expect(firstValue(...lines)).toBe(value);
  });

  it.each<[string, number]>([
    ["5", 5],
    ["0005", 5],
    [`${"0".repeat(40)}5`, 5],
    ["9223372036854775807", 2 ** 63],
  ])("takes a length of %s", (text, length) => {
    expect(head(OK, `Content-Length: ${text}`)?.framing).toEqual({ kind: "length", length });
  });

  it.each<[string, string[]]>([
    ["nothing", [""]],
    ["HTTP/2", ["HTTP/2 200"]],
    ["HTTP/0.9", ["<html>"]],
    ["a status of two digits", ["HTTP/1.1 20"]],
    ["a status above 599", ["HTTP/1.1 600 x"]],
    ["a status of four digits", ["HTTP/1.1 2000 x"]],
    ["a length and chunks", [OK, "Content-Length: 1", "Transfer-Encoding: chunked"]],
    ["two lengths", [OK, "Content-Length: 1", "Content-Length: 2"]],
    ["a list of lengths", [OK, "Content-Length: 1, 1"]],
    ["a negative length", [OK, "Content-Length: -1"]],
    ["a length in hexadecimal", [OK, "Content-Length: 0x10"]],
    ["a length with a sign", [OK, "Content-Length: +1"]],
    ["an empty length", [OK, "Content-Length:"]],
    ["a length after a space that is none in HTTP", [OK, "Content-Length: \xa05"]],
    ["another coding", [OK, "Transfer-Encoding: gzip, chunked"]],
    ["chunks twice", [OK, "Transfer-Encoding: chunked", "Transfer-Encoding: chunked"]],
    ["an unknown coding", [OK, "Transfer-Encoding: xchunked"]],
    ["a space before the colon", [OK, "Content-Length : 1"]],
    ["a folded length", [OK, "Content-Length:", " 5"]],
    ["a length that is folded on", [OK, "Content-Length: 5", " 6"]],
    ["a folded coding", [OK, "Transfer-Encoding:", " chunked"]],
    ["a length in a folded line", [OK, "A: 1", " Content-Length: 5"]],
    ["a coding in a folded line", [OK, "A: 1", "\ttransfer-encoding : chunked"]],
    ["a folded line before all fields", [OK, " A: 1"]],
    ["a folded line of blanks", [OK, "A: 1", " \t"]],
    ["a length of too many digits", [OK, `Content-Length: ${"9".repeat(20)}`]],
    ["one length in two spellings", [OK, "Content-Length: 5", "Content-Length: 05"]],
    ["chunks in HTTP/1.0", ["HTTP/1.0 200 OK", "Transfer-Encoding: chunked"]],
    ["no coding at all", [OK, "Transfer-Encoding:"]],
    ["the identity coding and a length", [OK, "Transfer-Encoding: identity", "Content-Length: 5"]],
    ["a line without a colon", [OK, "nonsense"]],
    ["an empty name", [OK, ": 1"]],
    ["a carriage return before the line's end", [OK, "A: 1\r"]],
    ["a bare carriage return", [OK, "A: 1\rB: 2"]],
    ["a NUL", [OK, "A: 1\0"]],
    ["an empty line", [OK, "", "A: 1"]],
  ])("refuses what could be read in two ways: %s", (_, lines) => {
    expect(head(...lines)).toBeNull();
  });
});
