import { describe, expect, it } from "vitest";
import { WORDS } from "../../src/why/words.ts";
import { DEFAULT_SETTINGS } from "../../src/zones/settings.ts";

/** What a zone has beside its settings. */
const OF_THE_ZONE = ["origin"];

describe.each(Object.entries(WORDS))("the word %s", (name, { means, law, setting, cure }) => {
  it("says in sentences what has happened and what to do about it", () => {
    expect(name).toMatch(/^[a-z]+(?:-[a-z0-9]+)*$/);
    expect(means).toMatch(/^[A-Z`].*\.$/);
    expect(cure).toMatch(/^[A-Z`].*\.$/);
  });

  it("names clauses of RFCs, and settings that there are", () => {
    if (law !== null) expect(law).toMatch(/^RFC \d{4} §[\d.]+(?:, (?:RFC \d{4} )?§[\d.]+)*$/);
    if (setting !== null) expect([...Object.keys(DEFAULT_SETTINGS), ...OF_THE_ZONE]).toContain(setting.split(".")[0]);
  });
});
