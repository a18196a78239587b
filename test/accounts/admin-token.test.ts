import { env } from "cloudflare:workers";
import { expect, it, vi } from "vitest";
import { refusalOfAdminToken } from "../../src/accounts/admin-token.ts";
import { settingsOf } from "../../src/settings.ts";

it.each(["x".repeat(32), "0123456789abcdef".repeat(4)])("the operator's token may be %s", (token) => {
  expect(refusalOfAdminToken(token)).toBeNull();
});

it.each(["operator", "x".repeat(31), `${"x".repeat(40)} y`, `${"x".repeat(40)}ü`])(
  "the operator's token may not be %s",
  (token) => {
    expect(refusalOfAdminToken(token)).not.toBeNull();
  },
);

it("a Worker with a token that is too short has no operator, and says so once", () => {
  const log = vi.spyOn(console, "error").mockReturnValue(undefined);
  const short = { ...env, ADMIN_TOKEN: "x".repeat(31) };
  expect(settingsOf(short).adminToken).toBeNull();
  expect(settingsOf(short).adminToken).toBeNull();
  expect(log.mock.calls).toEqual([[expect.stringContaining(`"event":"secret_refused","name":"ADMIN_TOKEN"`)]]);
  expect(log.mock.calls[0]![0]).not.toContain("x".repeat(31));
});
