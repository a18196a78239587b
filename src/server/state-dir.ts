import { resolve } from "node:path";
import { projectRoot } from "./project.ts";

/** The folder of state that `STATE_DIR` names, or the one of `npm start`. */
export function stateDirFromEnvironment(): string {
  const { STATE_DIR } = process.env;
  return STATE_DIR ? resolve(STATE_DIR) : resolve(projectRoot, ".wrangler/state");
}
