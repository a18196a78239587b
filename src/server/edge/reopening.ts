import { DurableObject } from "cloudflare:workers";

// biome-ignore lint/suspicious/noExplicitAny: TypeScript takes no other parameters for a class that is extended (TS2545)
type ObjectClass = new (...parameters: any[]) => DurableObject<any>;
type Method = (...values: unknown[]) => unknown;

/**
 * A class of Durable Objects whose objects leave memory when SQLite says that their file cannot be written. SQLite then opens
 * such a file for reading only, and keeps it so. Only after it is opened again, by the next call, can it be written.
 */
export function reopening<Class extends ObjectClass>(Original: Class): Class {
  class Reopening extends Original {
    giveUpOn(error: unknown): never {
      if (String(error).includes("SQLITE_READONLY")) this.ctx.abort(String(error));
      throw error;
    }
  }
  const prototype = Reopening.prototype as unknown as Record<string, Method>;
  for (const [name, method] of methodsOf(Original.prototype)) {
    prototype[name] = async function (this: Reopening, ...values: unknown[]) {
      try {
        return await method.apply(this, values);
      } catch (error) {
        return this.giveUpOn(error);
      }
    };
  }
  return Reopening;
}

/** The methods that callers may call, including those inherited from one of our classes. */
function* methodsOf(prototype: object): Generator<[name: string, method: Method]> {
  const seen = new Set(["constructor"]);
  for (let at = prototype; at !== DurableObject.prototype; at = Object.getPrototypeOf(at) as object) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(at))) {
      if (typeof value !== "function" || seen.has(name)) continue;
      seen.add(name);
      yield [name, value as Method];
    }
  }
}
