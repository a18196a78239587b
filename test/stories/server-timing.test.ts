import { describe, expect, it } from "vitest";
import { asset, pass, play, playEdge } from "../support/edge.ts";

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
