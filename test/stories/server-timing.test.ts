import { describe, expect, it, vi } from "vitest";
import { asset, pass, play, playEdge } from "../support/edge.ts";
import { locationOf, playNetwork } from "../support/locations.ts";

playEdge();

const slowly = (seconds: number) => () => {
  pass(seconds);
  return asset("a", { "cache-control": "max-age=60", "server-timing": "db;dur=5" })(new Request("https://a.example"));
};

describe("Server-Timing", () => {
  it("says how long edge and origin took where the zone wants that, and a hit that no origin was asked", async () => {
    const { get, origin } = await play({ server_timing: true });
    origin.answers(slowly(2));
    const miss = await get("/a.css");
    expect(miss.headers.get("server-timing")).toBe("db;dur=5, edge;dur=2000, origin;dur=2000");
    await miss.text();
    for (let count = 0; count < 3; count++) {
      const hit = await get("/a.css");
      expect(hit.headers.get("x-cache")).toBe("HIT");
      expect(hit.headers.get("server-timing")).toBe("db;dur=5, edge;dur=0");
      await hit.text();
    }
    const notModified = await get("/a.css", { headers: { "if-none-match": "*" } });
    expect(notModified.headers.get("server-timing")).toContain("edge;dur=0");
  });

  it("says what of it the upper tier took, the origin behind it too, and that no origin was asked for what that had", async () => {
    const { ask, origin } = await playNetwork(2, { server_timing: true });
    origin.answers(slowly(2));
    const timingOf = async (location: number) => {
      const answer = await ask(location, "/a.css");
      await answer.text();
      return answer.headers.get("server-timing");
    };
    expect(await timingOf(0)).toBe("db;dur=5, edge;dur=2000, tier;dur=2000, origin;dur=2000");
    expect(await timingOf(1)).toBe("db;dur=5, edge;dur=0, tier;dur=0");
  });

  it("says how long a tier took that failed in the end", async () => {
    const { zone, origin } = await play({ server_timing: true });
    vi.spyOn(console, "warn").mockImplementation(() => undefined);
    const location = locationOf({
      ask: async () => {
        pass(3);
        throw new Error("away");
      },
    });
    origin.answers(slowly(2));
    const answer = await location.get(zone, "/a.css");
    expect(answer.headers.get("server-timing")).toBe("db;dur=5, edge;dur=5000, tier;dur=3000, origin;dur=2000");
    await answer.text();
  });

  it("says nothing of itself in a zone that does not want it", async () => {
    const { get, origin } = await play();
    origin.answers(slowly(2));
    for (let count = 0; count < 3; count++) {
      const answer = await get("/a.css");
      expect(answer.headers.get("server-timing")).toBe("db;dur=5");
      await answer.text();
    }
  });
});
