import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The project's root, wherever the command was called from. */
export const projectRoot = fileURLToPath(new URL("../..", import.meta.url));

/** wrangler's configuration: the only place that names the bindings. */
export const wranglerConfig = join(projectRoot, "wrangler.toml");

/**
 * Where Node keeps the code that it has compiled, for other processes to come (`NODE_COMPILE_CACHE`). It is beside the code: a
 * folder shared by all users could contain somebody else's.
 */
export const COMPILE_CACHE = join(projectRoot, "node_modules/.cache/rescdn");

// wrangler would keep a log of its own in the home folder, which a service may not have.
process.env.WRANGLER_WRITE_LOGS ??= "false";
