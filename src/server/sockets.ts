import { fileURLToPath } from "node:url";

/** A socket that workerd listens on. */
export interface Socket {
  name: string;
  /** `unix:<path>`; absent: a descriptor that workerd is given when it starts. */
  address?: string;
  /** The Worker that answers there, by its name in Miniflare. */
  worker: string;
  /** Its entrypoint; absent: the default one. */
  entrypoint?: string;
  /** Whether callers may call methods: those who may can call all of them. */
  methods?: boolean;
}

/** The name of the plugin for these sockets. */
export const NAME = "sockets";

const PLUGIN = fileURLToPath(new URL("toolchain/sockets-plugin.ts", import.meta.url));

/** The options of a Worker that make workerd listen on these sockets, whichever Workers they lead to. */
export function unsafeBindingsFor(sockets: readonly Socket[]) {
  const options = { sockets: sockets.map((socket) => ({ ...socket })) };
  return [{ name: "SOCKETS", type: NAME, plugin: { package: PLUGIN, name: NAME }, options }];
}
