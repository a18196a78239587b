/**
 * Changes two things in the Durable Objects by which Miniflare stands for D1 and KV:
 *
 * - Reads of D1 leave its file alone. Each answer has a bookmark, and workerd's stand-in for those is a number that it counts
 *   up in the file: every SELECT was a write, which a full or read-only disk refuses. Nothing of ours asks for a bookmark.
 * - SQLite opens a file that it may not write for reading alone, and then keeps to that. An object that is told so leaves
 *   memory, and the next call opens the file anew: when the disk takes writes again, so does the object.
 */
import { D1_PLUGIN, KV_PLUGIN } from "miniflare";

const OBJECTS = ["D1DatabaseObject", "KVNamespaceObject"];

/** In the place of the module that holds Miniflare's object: a subclass of the same name, so that its files stay its own. */
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

/** From now on, for every Miniflare of this process. */
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
