import { describe, expect, it } from "vitest";
import { attachment } from "../../src/http/content-disposition.ts";

describe("attachment()", () => {
  it.each([
    ["report.pdf", 'attachment; filename="report.pdf"'],
    ["my report (2).pdf", 'attachment; filename="my report (2).pdf"'],
    ["€ rates.txt", "attachment; filename=\"_ rates.txt\"; filename*=UTF-8''%E2%82%AC%20rates.txt"],
    ["a'b*c é", "attachment; filename=\"a'b*c _\"; filename*=UTF-8''a%27b%2Ac%20%C3%A9"],
    ["50%.txt", "attachment; filename=\"50_.txt\"; filename*=UTF-8''50%25.txt"],
    ["../../etc/passwd", 'attachment; filename="....etcpasswd"'],
    ['a"; x="b\r\nset-cookie: a', 'attachment; filename="a; x=bset-cookie: a"'],
    ["\ud800.txt", "attachment; filename=\"_.txt\"; filename*=UTF-8''%EF%BF%BD.txt"],
    ["", "attachment"],
    ["..", "attachment"],
  ])("%j: %s", (name, field) => {
    expect(attachment(name)).toBe(field);
    expect(() => new Headers({ "content-disposition": attachment(name) })).not.toThrow();
  });
});
