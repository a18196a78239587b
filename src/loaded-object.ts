import { DurableObject } from "cloudflare:workers";

// biome-ignore lint/suspicious/noExplicitAny: each names the bindings that it needs itself
type ObjectClass = new (ctx: DurableObjectState, env: any) => DurableObject<any>;
type Methods = Record<string, (...values: unknown[]) => unknown>;

const loads: (() => Promise<unknown>)[] = [];

/** Loads the code of all Durable Objects at once, for an isolate that is sure to have them. */
export async function loadObjects(): Promise<void> {
  await Promise.all(loads.map((load) => load()));
}

/**
 * A class of Durable Objects whose code is loaded when an isolate first has such an object; one that only serves assets never
 * does.
 *
 * @param load loads the module with the class
 * @param methods all methods that callers and the platform call
 */
export function loadedObject<Name extends string, Module extends Record<Name, ObjectClass>>(
  load: () => Promise<Module>,
  name: Name,
  methods: readonly (keyof InstanceType<Module[Name]> & string)[],
): Module[Name] {
  let Original: ObjectClass | null = null;
  const loadOriginal = async () => {
    Original ??= (await load())[name];
    return Original;
  };
  loads.push(loadOriginal);

  class Loaded extends DurableObject<object> {
    /** Created before this one, which delegates everything to it, gets any call. */
    object!: InstanceType<ObjectClass>;

    constructor(ctx: DurableObjectState, env: object) {
      super(ctx, env);
      const make = (Known: ObjectClass) => {
        this.object = new Known(ctx, env);
      };
      if (Original !== null) make(Original);
      else ctx.blockConcurrencyWhile(async () => make(await loadOriginal()));
    }
  }
  const prototype = Loaded.prototype as unknown as Methods;
  for (const method of methods) {
    prototype[method] = function (this: Loaded, ...values) {
      return (this.object as unknown as Methods)[method]!(...values);
    };
  }
  return Loaded as unknown as Module[Name];
}
