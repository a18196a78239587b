/**
 * Lets reads of the local D1 leave its file alone. Miniflare gives each answer a bookmark, and workerd's stand-in for those
 * is a number that it counts up in the file: every SELECT was a write, which a full or read-only disk refuses. Nothing of
 * ours asks for a bookmark.
 */
import { D1_PLUGIN } from "miniflare";

const OBJECT = "D1DatabaseObject";

/** In the place of the module that holds Miniflare's object: a subclass of the same name, so that its files stay its own. */
const QUIET = `
import { ${OBJECT} as Original } from "original.js";
export class ${OBJECT} extends Original {
  constructor(state, env) {
    Object.defineProperty(state.storage, "getCurrentBookmark", { value: async () => "${"0".repeat(8)}" });
    super(state, env);
  }
}
`;

interface Module {
  name?: string;
  esModule?: string;
}

let done = false;

/** From now on, for every Miniflare of this process. */
export function keepReadsQuiet(): void {
  if (done) return;
  done = true;
  const { getServices } = D1_PLUGIN;
  D1_PLUGIN.getServices = async (options) => {
    const made = await getServices(options);
    if (!Array.isArray(made)) return made;
    for (const service of made) {
      const worker = "worker" in service ? service.worker : undefined;
      if (worker === undefined || !holdsObject(worker)) continue;
      const [module] = worker.modules as [Module];
      module.name = "original.js";
      worker.modules = [{ name: "database.worker.js", esModule: QUIET }, module] as typeof worker.modules;
    }
    return made;
  };
}

function holdsObject(worker: object): worker is { modules: Module[] } {
  const { durableObjectNamespaces = [] } = worker as { durableObjectNamespaces?: { className?: string }[] };
  return durableObjectNamespaces.some(({ className }) => className === OBJECT);
}
