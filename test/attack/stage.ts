import { type Origin, originAt, type Play, play } from "../support/edge.ts";
import { mannersOf } from "./manners.ts";
import { type Honesty, replyTo, type Seen } from "./origin.ts";
import { ZONES, type ZoneKind } from "./zones.ts";

/** A zone of a kind with the origin that shows what it sees. */
export class Stage {
  readonly zone: Play;
  /** Each Set-Cookie is another one, so that it tells who got whose. */
  #visits = 0;
  #resumed: Promise<void> = Promise.resolve();
  #resume: () => void = () => undefined;
  #released = Promise.withResolvers<void>();
  readonly story: string[] = [];

  static async set(kind: ZoneKind): Promise<Stage> {
    const isFallback = kind === "fallback";
    const fallback = isFallback ? originAt(`https://fallback-${crypto.randomUUID()}.example`) : null;
    const zone = await play({ ...ZONES[kind], ...(fallback !== null && { fallback_origin: fallback.url }) });
    const forward = zone.zone.settings.forward;
    const stage = new Stage(zone);
    const honesty = forward.headers === "all" ? "honest" : forward.client_ip ? "addressed" : "silent";
    stage.#script(zone.origin, honesty, "origin");
    if (fallback !== null) stage.#script(fallback, honesty, "fallback");
    return stage;
  }

  private constructor(zone: Play) {
    this.zone = zone;
  }

  /** From now on, the origin takes its time until {@link resume}. */
  pause(): void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.resume();
    this.#resumed = promise;
    this.#resume = resolve;
  }

  resume(): void {
    this.#resume();
    this.#resumed = Promise.resolve();
  }

  /** Lets go of what the origin holds for good. */
  release(): void {
    this.resume();
    this.#released.resolve();
  }

  /** Zones have names of their own, by which answers are not to be told apart. */
  #withoutName(value: string): string {
    return value.replaceAll(this.zone.zone.name, "zone");
  }

  #script(origin: Origin, honesty: Honesty, name: "origin" | "fallback"): void {
    origin.answers(async (request) => {
      const { pathname, search } = new URL(request.url);
      const seen: Seen = {
        method: request.method,
        path: pathname,
        query: search,
        fields: new Map([...request.headers].map(([name, value]) => [name, this.#withoutName(value)])),
        body: await bodyOf(request),
      };
      const reply = replyTo(seen, honesty, name);
      const fields = [...seen.fields].map(([field, value]) => `${field}: ${value.slice(0, 60)}`).join("; ");
      const note = (what: string) =>
        this.story.push(`    ${name} ${what}: ${seen.method} ${pathname}${search} (${fields})`);
      if (reply.kind === "held") {
        note("holds");
        await this.#released.promise;
        throw new Error("held");
      }
      await this.#resumed;
      await turn();
      if (reply.kind === "dropped") {
        note("drops");
        throw new Error("connection reset");
      }
      const { status, headers, body, isCut } = reply;
      note(`${status}${isCut ? " cut off" : ""}`);
      const cookie = mannersOf(pathname).visits ? { "set-cookie": `visit=${++this.#visits}` } : {};
      const hasBody = request.method !== "HEAD" && status !== 304 && status !== 204;
      return new Response(hasBody ? (isCut ? cutOff(body) : body) : null, {
        status,
        headers: { ...headers, ...cookie },
      });
    });
  }
}

/** What breaks off counts as nothing. */
async function bodyOf(request: Request): Promise<string> {
  const bytes = await request.arrayBuffer().catch(() => new ArrayBuffer());
  return new TextDecoder().decode(bytes);
}

/** Lets everything else go on. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

function cutOff(body: string): ReadableStream<Uint8Array> {
  const half = new TextEncoder().encode(body.slice(0, body.length / 2));
  return new ReadableStream({
    start: (controller) => controller.enqueue(half),
    async pull(controller) {
      await turn();
      controller.error(new Error("connection reset"));
    },
  });
}
