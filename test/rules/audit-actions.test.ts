import { expect, it } from "vitest";
import { AUDIT_ACTIONS } from "../../src/accounts/audit-actions.ts";
import { projectFiles, read } from "./source-files.ts";

it("the audit log can be asked for every action that it is written with, and for no other", () => {
  const sources = projectFiles().filter((path) => /^src\/.+\.ts$/.test(path) && !path.endsWith("audit-actions.ts"));
  const written = sources.flatMap((path) =>
    [...read(path).matchAll(/\baction: "([a-z_.]+)"|"((?:zone|member)\.[a-z_]+)"/g)].map(
      ([, action, told]) => action ?? told,
    ),
  );
  expect([...new Set(written)].sort()).toEqual([...AUDIT_ACTIONS]);
});
