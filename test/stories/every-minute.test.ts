import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { everyMinute } from "../../src/cron.ts";
import { newCustomer, newZone } from "../support/control-plane.ts";

it("what is done every minute is done to its end where one part of it fails, which is told then", async () => {
  const { live } = await newCustomer();
  const { id } = await newZone(live);
  await env.DB.prepare("UPDATE zones SET published_version = version - 1 WHERE id = ?1").bind(id).run();
  const prepare = (sql: string) => {
    if (/JOIN files/.test(sql)) throw new Error("the list of files is away");
    return env.DB.prepare(sql);
  };
  const DB = new Proxy(env.DB, {
    get: (db, name) => (name === "prepare" ? prepare : Reflect.get(db, name).bind(db)),
  });
  await expect(everyMinute({ ...env, DB }, Date.now())).rejects.toThrow("the list of files is away");
  const zone = env.DB.prepare("SELECT version - published_version AS behind FROM zones WHERE id = ?1").bind(id);
  expect(await zone.first()).toEqual({ behind: 0 });
});
