import { resolve } from "node:path";
import { CannotStart } from "./cannot-start.ts";
import { projectRoot } from "./project.ts";

/** The state folder that `STATE_DIR` names, or that of `npm start`. @throws {CannotStart} */
export function stateDirFromEnvironment(): string {
  const { STATE_DIR } = process.env;
  if (!STATE_DIR) return resolve(projectRoot, ".wrangler/state");
  if (STATE_DIR === STATE_DIR.trim()) return resolve(STATE_DIR);
  throw new CannotStart(`STATE_DIR begins or ends with a space: "${STATE_DIR}"`);
}
