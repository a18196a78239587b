import { pathToFileURL } from "node:url";
import type { Plugin } from "esbuild";
import { EVENTS } from "../log/events.ts";

/**
 * Parts of packages that the Worker never runs, but that an isolate would still read at each start. What replaces them does for
 * us what the whole does, or reports that it is missing.
 */
export const leftOut: Plugin = {
  name: "left-out",
  setup({ onLoad }) {
    for (const [path, contents] of MODULES) {
      const filter = new RegExp(`/${path}$`.replaceAll("/", "[\\\\/]"));
      onLoad({ filter }, async ({ path }) => ({ contents: await contents(path) }));
    }
  },
};

/** Path endings, as regular expressions, and what is loaded instead of such a module. */
const MODULES: readonly (readonly [path: string, contents: (path: string) => string | Promise<string>])[] = [
  // zod's messages in some fifty languages, of which only English is ever shown.
  ["zod/v4/locales/index\\.js", () => `export { default as en } from "./en.js";`],
  // zod's compiler of schemas, and its reader of JSON Schema.
  [
    "zod/v4/classic/external\\.js",
    () => `
      export * from "./schemas.js";
      export * from "./checks.js";
      export * from "./errors.js";
      export * from "./parse.js";
      export { config, globalRegistry, registry } from "../core/index.js";
      export * as iso from "./iso.js";
      export * as coerce from "./coerce.js";`,
  ],
  // Services that people could sign in with: here that is only GitHub.
  [
    "@better-auth/core/dist/social-providers/index\\.mjs",
    () => `
      import * as z from "zod";
      import { github } from "./github.mjs";
      export const socialProviders = { github };
      export const SocialProviderListEnum = z.enum(["github"]).or(z.string());`,
  ],
  // Tokens of other services, and sessions that exist only in a cookie: neither is enabled.
  ["jose/dist/webapi/(?:index|util/errors)\\.js", absent],
  // Keeps people in memory if there is no database.
  ["@better-auth/memory-adapter/dist/index\\.mjs", absent],
  // Reports to the library's makers, which are disabled.
  [
    "@better-auth/telemetry/dist/index\\.mjs",
    () => `export const createTelemetry = async () => ({ publish: async () => undefined });`,
  ],
  // Certificates of devices with passkeys: none gets this far (src/people/without-certificates.ts).
  [
    "@simplewebauthn/server/esm/registration/verifications/(?:tpm/)?verifyAttestation(?:AndroidKey|AndroidSafetyNet|Apple|FIDOU2F|TPM)\\.js",
    absent,
  ],
  [
    "@simplewebauthn/server/esm/helpers/(?:convertX509PublicKeyToCOSE|getCertificateInfo|validateCertificatePath|validateExtFIDOGenCEAAGUID)\\.js",
    absent,
  ],
  ["@simplewebauthn/server/esm/metadata/verifyAttestationWithMetadata\\.js", absent],
  ["@simplewebauthn/server/esm/services/metadataService\\.js", absent],
  [
    "@simplewebauthn/server/esm/services/settingsService\\.js",
    () => `export const SettingsService = { getRootCertificates: () => [] };`,
  ],
  // Domains below which strangers register names, in fifty thousand numbers: an array of them has to be parsed, a text does
  // not.
  ["tldts/dist/es6/src/data/trie\\.js", arraysAsTexts],
  // What operators are told about events: a Worker only needs their levels.
  [
    "log/events\\.ts",
    () => {
      const levels = Object.entries(EVENTS).map(([name, [level]]) => [name, [level]]);
      return `export const EVENTS = ${JSON.stringify(Object.fromEntries(levels))};`;
    },
  ],
];

/** A module with the same names, each of which throws when it is called or constructed. */
async function absent(path: string): Promise<string> {
  const names = Object.keys((await import(pathToFileURL(path).href)) as object).filter((name) => name !== "default");
  return `
    function notThere() { throw new Error("the Worker is built without this: see src/server/left-out.ts"); }
    export { ${names.map((name) => `notThere as ${name}`)} };`;
}

/** A module that exports the same arrays of numbers, each read from its bytes. */
async function arraysAsTexts(path: string): Promise<string> {
  const lines = Object.entries((await import(pathToFileURL(path).href)) as object).map(([name, value]) => {
    if (!ArrayBuffer.isView(value)) return `export const ${name} = ${JSON.stringify(value)};`;
    const text = Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("base64");
    return `export const ${name} = new ${value.constructor.name}(Uint8Array.fromBase64("${text}").buffer);`;
  });
  return lines.join("\n");
}
