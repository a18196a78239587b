import { env } from "cloudflare:workers";

/** The real KV, with its reads counted, delayed or failing as a test wants. */
export function countingKv() {
  const kv = { reads: 0, down: false, gate: Promise.resolve() };
  const binding = new Proxy(env.ZONES, {
    get(target, property) {
      if (property !== "get") return Reflect.get(target, property);
      return async (key: string, options: KVNamespaceGetOptions<"text">) => {
        kv.reads++;
        await kv.gate;
        if (kv.down) throw new Error("KV is down");
        return target.get(key, options);
      };
    },
  });
  return { kv, binding };
}
