import type { components } from "../../../../dist/api-types/rescdn.d.ts";
import type { components as recordComponents } from "../../../../dist/api-types/resolvedb.d.ts";

/** The schemas of ResCDN's document. */
export type Schemas = components["schemas"];
/** The schemas of ResolveDB's document. */
export type RecordSchemas = recordComponents["schemas"];
