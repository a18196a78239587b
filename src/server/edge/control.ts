/** The Worker of the control process: the product, which holds what must be single. */
export { default } from "../../worker.ts";
export * from "./objects.ts";
