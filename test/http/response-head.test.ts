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
    ["a folded line", [OK, "A: 1", " b"]],
    ["a line without a colon", [OK, "nonsense"]],
    ["an empty name", [OK, ": 1"]],
    ["a bare line feed", [OK, "A: 1\nContent-Length: 5"]],
    ["a bare carriage return", [OK, "A: 1\rB: 2"]],
    ["a NUL", [OK, "A: 1\0"]],
    ["an empty line", [OK, "", "A: 1"]],
  ])("refuses what could be read in two ways: %s", (_, lines) => {
    expect(head(...lines)).toBeNull();
  });
});
