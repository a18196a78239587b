import { fileURLToPath } from "node:url";

/** A socket that workerd listens on. */
export interface Socket {
  name: string;
  /** `unix:<path>`; none: a descriptor that is handed to workerd as it starts. */
  address?: string;
  /** The Worker that answers there, by the name that it has in Miniflare. */
  worker: string;
  /** Its entrypoint; none: the default one. */
  entrypoint?: string;
  /** Whether methods may be called: of those who may, each may call all. */
  methods?: boolean;
}

/** What the plugin that knows them is called. */
export const NAME = "sockets";

const PLUGIN = fileURLToPath(new URL("toolchain/sockets-plugin.ts", import.meta.url));

/** What a Worker's options say to have these sockets listened on, whichever Workers they lead to. */
export function unsafeBindingsFor(sockets: readonly Socket[]) {
  const options = { sockets: sockets.map((socket) => ({ ...socket })) };
  return [{ name: "SOCKETS", type: NAME, plugin: { package: PLUGIN, name: NAME }, options }];
}
