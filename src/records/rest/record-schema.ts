import { z } from "@hono/zod-openapi";
import { knownNames, refusedNames } from "../../rest/known-names.ts";
import { parseRecordKey } from "../record-key.ts";

/** What fits comfortably into one TXT answer, bytes. */
const LONGEST_DATA = 32 * 1024;
/** UQRP's class "immutable", seconds. */
const LONGEST_TTL = 604_800;
const DEFAULT_TTL = 3_600;

const key = z
  .string()
  .superRefine((value, context) => {
    const verdict = parseRecordKey(value);
    if (!verdict.ok) context.addIssue({ code: "custom", message: verdict.reason });
  })
  .describe(
    "`resource.namespace.version`, with any number of labels before it. Letters, digits and hyphens, as in hostnames; " +
      "the version is `v` and 1 to 4 digits. Case does not matter: keys are kept in lower case. `get.<key>.resolvedb.net` " +
      "has at most 253 characters. A key that is taken is a validation_error of `record.key`.",
  )
  .openapi({ example: "config.myapp.v1" });

const data = z
  .string()
  .superRefine((value, context) => {
    const message = dataProblem(value);
    if (message !== null) context.addIssue({ code: "custom", message });
  })
  .describe("Standard Base64 (RFC 4648 §4) with padding and without white space, of 1 to 32768 bytes.")
  .openapi({ example: "eyJkYXRhYmFzZSI6InBvc3RncmVzIn0=" });

const ttl = z
  .int()
  .min(0, `must be from 0 to ${LONGEST_TTL}`)
  .max(LONGEST_TTL, `must be from 0 to ${LONGEST_TTL}`)
  .openapi({ description: "Cache TTL in seconds.", example: DEFAULT_TTL });

function dataProblem(value: string): string | null {
  if (value === "") return "must not be empty";
  // Decoders would skip white space.
  if (/[^A-Za-z0-9+/=]/.test(value)) return "must be Base64: only letters, digits, + and /, padded with =";
  try {
    const { length } = Uint8Array.fromBase64(value, { lastChunkHandling: "strict" });
    return length > LONGEST_DATA ? `must have at most ${LONGEST_DATA} bytes when decoded` : null;
  } catch {
    return "must be Base64 with padding";
  }
}

const GIVEN = refusedNames("is given by the server", "id", "created_at", "updated_at", "dns_query");
const PARTS_OF_KEY = ["namespace", "resource", "version"];

export const newRecordBody = knownNames({
  record: knownNames(
    { key, data, ttl: ttl.default(DEFAULT_TTL) },
    { ...GIVEN, ...refusedNames("is part of the key: resource.namespace.version", ...PARTS_OF_KEY) },
  ).openapi("NewRecord"),
}).openapi("NewRecordBody");

export const changedRecordBody = knownNames({
  record: knownNames(
    { data: data.optional(), ttl: ttl.optional() },
    { ...GIVEN, ...refusedNames("cannot be changed: create another record", "key", ...PARTS_OF_KEY) },
  ).openapi("RecordChange"),
}).openapi("RecordChangeBody");

const shown = {
  id: z.string().openapi({ example: "rec_abc123" }),
  key: z.string().openapi({ example: "config.myapp.v1" }),
  data: z.string().openapi({ example: "eyJkYXRhYmFzZSI6InBvc3RncmVzIn0=" }),
  namespace: z.string().openapi({ example: "myapp" }),
  resource: z.string().openapi({ example: "config" }),
  version: z.string().openapi({ example: "v1" }),
  ttl: z.int().openapi({ example: 3600 }),
  created_at: z.iso.datetime().openapi({ example: "2024-01-15T10:30:00Z" }),
  updated_at: z.iso.datetime().openapi({ example: "2024-01-15T10:30:00Z" }),
};

export const recordSchema = z.object(shown).openapi("Record");

const { created_at, updated_at, ...before } = shown;
export const createdRecordSchema = z
  .object({
    ...before,
    dns_query: z
      .string()
      .openapi({ example: "get.config.myapp.v1.resolvedb.net" })
      .describe("The name under which the record is read as TXT."),
    created_at,
    updated_at,
  })
  .openapi("CreatedRecord");
