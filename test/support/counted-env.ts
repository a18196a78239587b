import type { Env } from "../../src/env.ts";

/** How often a request called D1 and Durable Objects. A batch is one round trip. */
export interface RoundTrips {
  d1: number;
  durableObject: number;
}

/**
 * The same bindings, with their calls counted.
 *
 * @param before runs before each call: it may change what the call will find, or throw instead
 */
export function countedEnv(env: Env, before?: () => unknown): { env: Env; trips: RoundTrips } {
  const trips: RoundTrips = { d1: 0, durableObject: 0 };
  const trip = (kind: keyof RoundTrips, call: () => unknown): unknown => {
    trips[kind]++;
    return before === undefined ? call() : Promise.resolve().then(before).then(call);
  };
  const originals = new WeakMap<object, D1PreparedStatement>();
  const statement = (prepared: D1PreparedStatement): D1PreparedStatement => {
    const counted = around(prepared, (name, method) => (...args) => {
      if (name === "bind") return statement(method(...args) as D1PreparedStatement);
      return trip("d1", () => method(...args));
    });
    originals.set(counted, prepared);
    return counted;
  };
  const database = around(env.DB, (name, method) => (...args) => {
    if (name === "prepare") return statement(method(...args) as D1PreparedStatement);
    return trip("d1", () =>
      name === "batch" ? method((args[0] as object[]).map((one) => originals.get(one))) : method(...args),
    );
  });
  const namespace = <Namespace extends object>(original: Namespace): Namespace =>
    around(original, (name, method) => (...args) => {
      const result = method(...args);
      if (!/^get/.test(name)) return result;
      return around(
        result as object,
        (_, call) =>
          (...given) =>
            trip("durableObject", () => call(...given)),
      );
    });
  const counted = Object.entries(env).map(([name, binding]) => {
    if (name === "DB") return [name, database];
    const isNamespace = typeof binding === "object" && binding !== null && "idFromName" in binding;
    return [name, isNamespace ? namespace(binding as object) : binding];
  });
  return { env: Object.fromEntries(counted) as Env, trips };
}

type Method = (...args: unknown[]) => unknown;

/** A stand-in for an object, whose methods pass through `wrap`. */
function around<Value extends object>(target: Value, wrap: (name: string, method: Method) => Method): Value {
  return new Proxy(target, {
    get(_, name) {
      const value = Reflect.get(target, name) as unknown;
      if (typeof value !== "function" || typeof name !== "string") return value;
      return wrap(name, (...args) => Reflect.apply(value, target, args));
    },
  });
}
