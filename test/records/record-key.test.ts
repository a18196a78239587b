import { describe, expect, it } from "vitest";
import { parseRecordKey, recordName } from "../../src/records/record-key.ts";

const label = (length: number) => "a".repeat(length);
/** Labels of 63 characters that make a key of a length. */
function keyOfLength(length: number): string {
  const end = ".r.myapp.v1";
  const left = label(length - end.length).replaceAll(/.{63}/g, (run) => `${run.slice(0, 62)}.`);
  return left + end;
}

describe("parseRecordKey()", () => {
  it.each([
    ["config.myapp.v1", { key: "config.myapp.v1", resource: "config", namespace: "myapp", version: "v1" }],
    ["settings.config.hooli.v12", { resource: "config", namespace: "hooli", version: "v12" }],
    ["a.b.c.d.config.myapp.v0001", { resource: "config", namespace: "myapp", version: "v0001" }],
    ["Config.MyApp.V1", { key: "config.myapp.v1", namespace: "myapp", version: "v1" }],
    ["0.1.v1", { resource: "0", namespace: "1" }],
    ["x--y.my-app.v1", { resource: "x--y", namespace: "my-app" }],
    ["auth-x.myapp.v1", { resource: "auth-x" }],
    ["ip-8-8-8-8.geoip.myapp.v1", { resource: "geoip" }],
    [`${label(63)}.${label(63)}.v9999`, { resource: label(63), namespace: label(63), version: "v9999" }],
    [keyOfLength(235), { resource: "r" }],
  ])("reads %s", (text, expected) => {
    expect(parseRecordKey(text)).toMatchObject({ ok: true, ...expected });
  });

  it.each([
    ["", "resource.namespace.version"],
    ["config", "resource.namespace.version"],
    ["config.myapp", "resource.namespace.version"],
    ["config.myapp.1", "version"],
    ["config.myapp.v", "version"],
    ["config.myapp.v12345", "version"],
    ["config.myapp.v1.", "version"],
    ["config..v1", "labels"],
    [".config.myapp.v1", "labels"],
    ["-config.myapp.v1", "labels"],
    ["config.myapp-.v1", "labels"],
    ["con_fig.myapp.v1", "labels"],
    ["con fig.myapp.v1", "labels"],
    ["config.myäpp.v1", "labels"],
    ["config.myapp.v1\n", "version"],
    ["config\n.myapp.v1", "labels"],
    ["*.myapp.v1", "labels"],
    [`${label(64)}.myapp.v1`, "labels"],
    // "K" for Kelvin (U+212A) is "k" in lower case.
    ["\u212aonfig.myapp.v1", "labels"],
    ["auth-x.config.myapp.v1", "auth-"],
    ["a.sig-x.config.myapp.v1", "sig-"],
    ["BDT-x.config.myapp.v1", "bdt-"],
    ["ctp-.config.myapp.v1", "labels"],
    [keyOfLength(236), "at most 235 characters"],
  ])("refuses %j and says why", (text, reason) => {
    expect(parseRecordKey(text)).toEqual({ ok: false, reason: expect.stringContaining(reason) });
  });
});

describe("recordName()", () => {
  it("is the name under which the record is read, of at most 253 characters", () => {
    expect(recordName("config.myapp.v1")).toBe("get.config.myapp.v1.resolvedb.net");
    expect(recordName(keyOfLength(235))).toHaveLength(253);
  });
});
