import { describe, expect, it } from "vitest";
import { addNamingHeaders } from "../../../src/edge/answer/naming-headers.ts";
import { DEFAULT_SETTINGS } from "../../../src/zones/settings.ts";

const linked = (said: string | null, path = "/a") => {
  const headers = new Headers(said === null ? {} : { link: said });
  addNamingHeaders(headers, { path }, { settings: { ...DEFAULT_SETTINGS, canonical: "https://www.example.com" } });
  return headers.get("link");
};
const OURS = '<https://www.example.com/a>; rel="canonical"';

describe("addNamingHeaders()", () => {
  it.each([
    '<https://a.example/>; rel="canonical"',
    "<https://a.example/?a=b>; REL=Canonical",
    '</x>; rel=preload; as=script, </y>; title="a; b"; rel=\'x\', </z>; rel="alternate canonical"',
    "</z>; rel=canonical, </x>; rel=preload",
  ])("leaves what the origin says: %s", (said) => {
    expect(linked(said)).toBe(said);
  });

  it.each([
    null,
    "</x>; rel=preload",
    "</canonical>",
    "</x>; rel=canonicals",
    '</x>; title="; rel=canonical"',
    "</x>; rel",
    "</x>; rel=",
  ])("adds its own to %s", (said) => {
    expect(linked(said)).toBe([said, OURS].filter((part) => part !== null).join(", "));
  });

  it("names a path whatever is in it", () => {
    expect(linked(null, "/<a>%22")).toBe('<https://www.example.com/%3Ca%3E%22>; rel="canonical"');
  });
});
