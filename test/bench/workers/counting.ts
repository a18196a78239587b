/** Runs a Worker and counts what it asks of its bindings and of the Cache API. */
import worker from "counted-worker";
import { CALLS_PATH, type Calls, noCalls } from "../calls.ts";

export * from "counted-worker";

type Method = (...args: unknown[]) => unknown;
type Bound = Record<string, unknown>;

const calls: Calls = noCalls();

/** The same object replaces another one each time, so that what is made once per binding stays so. */
const wrapped = new WeakMap<object, object>();
const originals = new WeakMap<object, object>();

export default {
  fetch(request: Request, env: Bound, context: unknown): Response | Promise<Response> {
    if (new URL(request.url).pathname === CALLS_PATH) return Response.json(calls);
    return worker.fetch(request, once(env, countEnv), context);
  },
};

for (const name of ["match", "put", "delete"] as const) {
  const original = Cache.prototype[name] as Method;
  Object.assign(Cache.prototype, {
    [name](this: Cache, ...args: unknown[]) {
      calls.cacheApi++;
      return original.apply(this, args);
    },
  });
}

function countEnv(env: object): object {
  return Object.fromEntries(Object.entries(env).map(([name, binding]) => [name, countBinding(binding)]));
}

/** Distinguishes bindings by their methods; variables stay unchanged. */
function countBinding(binding: unknown): unknown {
  if (typeof binding !== "object" || binding === null) return binding;
  if ("getWithMetadata" in binding) return once(binding, countKv);
  if ("prepare" in binding) return once(binding, countDatabase);
  if ("idFromName" in binding) return once(binding, countNamespace);
  return binding;
}

function countKv(kv: object): object {
  return intercept(kv, (name, method) => (...args) => {
    if (/^(get|list)/.test(name)) calls.kvReads++;
    else calls.kvWrites++;
    return method(...args);
  });
}

function countNamespace(namespace: object): object {
  return intercept(namespace, (name, method) => (...args) => {
    const result = method(...args);
    return /^get/.test(name) ? once(result as object, countStub) : result;
  });
}

function countStub(stub: object): object {
  return intercept(stub, (_name, method) => (...args) => {
    calls.durableObject++;
    return method(...args);
  });
}

function countDatabase(database: object): object {
  return intercept(database, (name, method) => (...args) => {
    if (name === "prepare") return once(method(...args) as object, countStatement);
    if (name !== "batch") return method(...args);
    const statements = (args[0] as object[]).map((statement) => originals.get(statement) ?? statement);
    return (method(statements) as Promise<unknown[]>).then((results) => {
      for (const result of results) countRows(result);
      return results;
    });
  });
}

function countStatement(statement: object): object {
  return intercept(statement, (name, method) => (...args) => {
    if (name === "bind") return once(method(...args) as object, countStatement);
    return (method(...args) as Promise<unknown>).then((result) => {
      countRows(result);
      return result;
    });
  });
}

/** `first` and `raw` do not report the number; one row is the least. */
function countRows(result: unknown): void {
  const { meta } = (result ?? {}) as { meta?: { rows_read?: number; rows_written?: number } };
  calls.d1RowsRead += meta?.rows_read ?? 1;
  calls.d1RowsWritten += meta?.rows_written ?? 0;
}

function once<Value extends object>(original: Value, wrap: (original: Value) => object): object {
  let stand = wrapped.get(original);
  if (stand === undefined) {
    stand = wrap(original);
    wrapped.set(original, stand);
    originals.set(stand, original);
  }
  return stand;
}

/** A stand-in for an object, whose methods pass through `around`. */
function intercept(target: object, around: (name: string, method: Method) => Method): object {
  return new Proxy(target, {
    get(_, name) {
      const value = Reflect.get(target, name) as unknown;
      if (typeof value !== "function" || typeof name !== "string") return value;
      return around(name, (...args) => Reflect.apply(value, target, args));
    },
  });
}
