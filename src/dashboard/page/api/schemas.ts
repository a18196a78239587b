import type { components } from "../../../../dist/api-types/rescdn.d.ts";
import type { components as recordComponents } from "../../../../dist/api-types/resolvedb.d.ts";

/** What ResCDN's document names. */
export type Schemas = components["schemas"];
/** What ResolveDB's document names. */
export type RecordSchemas = recordComponents["schemas"];
