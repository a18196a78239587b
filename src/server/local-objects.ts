/**
 * Changes two things in the Durable Objects with which Miniflare implements D1 and KV:
 *
 * - Reads of D1 do not touch its file. Each answer has a bookmark, which workerd implements as a number that it counts up in
 *   the file. So every SELECT was a write, which a full or read-only disk refuses. Nothing of ours needs bookmarks.
 * - If SQLite cannot write a file it opens it for reading only, and keeps it so. An object that notices leaves memory, and the
 *   next call opens the file again: when the disk accepts writes again, so does the object.
 */
import { D1_PLUGIN, KV_PLUGIN } from "miniflare";

const OBJECTS = ["D1DatabaseObject", "KVNamespaceObject"];

/** Replaces the module with Miniflare's object by a subclass of the same name, which therefore uses the same files. */
const subclass = (name: string) => `
import { ${name} as Original } from "original.js";
export class ${name} extends Original {
  #state;
  constructor(state, env) {
    const transaction = state.storage.transaction.bind(state.storage);
    Object.defineProperties(state.storage, {
      getCurrentBookmark: { value: async () => "0" },
      transaction: { value: (work) => transaction(work).catch((error) => this.#giveUp(error)) },
    });
    super(state, env);
    this.#state = state;
  }
  fetch(request) {
    return super.fetch(request).catch((error) => this.#giveUp(error));
  }
  #giveUp(error) {
    if (String(error).includes("SQLITE_READONLY")) this.#state.abort(String(error));
    throw error;
  }
}
`;

interface Module {
  name?: string;
  esModule?: string;
}

interface ObjectWorker {
  modules: Module[];
  durableObjectNamespaces: { className?: string }[];
}

let done = false;

/** From now on, for every Miniflare in this process. */
export function changeLocalObjects(): void {
  if (done) return;
  done = true;
  for (const plugin of [D1_PLUGIN, KV_PLUGIN]) {
    const getServices = plugin.getServices.bind(plugin) as (options: never) => Promise<unknown>;
    Object.assign(plugin, {
      getServices: async (options: never) => {
        const made = await getServices(options);
        for (const service of Array.isArray(made) ? made : []) change((service as { worker?: object }).worker);
        return made;
      },
    });
  }
}

function change(worker: object | undefined): void {
  if (worker === undefined || !("durableObjectNamespaces" in worker)) return;
  const { durableObjectNamespaces, modules } = worker as ObjectWorker;
  const name = durableObjectNamespaces[0]?.className ?? "";
  const [original] = modules;
  if (!OBJECTS.includes(name) || original === undefined) return;
  modules.unshift({ name: "subclass.js", esModule: subclass(name) });
  original.name = "original.js";
}
