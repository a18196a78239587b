/**
 * A plugin of Miniflare that has workerd listen as we say. Miniflare's own sockets for a Worker take CONNECT for a session
 * of Cap'n Proto, by which whoever connects may call the Worker's methods and make up `request.cf`.
 */
import { HOST_CAPNP_CONNECT, type Plugin } from "miniflare";

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

const NAME = "sockets";

/** What a Worker's options say to have these sockets listened on, whichever Workers they lead to. */
export function unsafeBindingsFor(sockets: readonly Socket[]) {
  const options = { sockets: sockets.map((socket) => ({ ...socket })) };
  return [{ name: "SOCKETS", type: NAME, plugin: { package: import.meta.filename, name: NAME }, options }];
}

const plugin: Plugin = {
  getBindings: () => [],
  getNodeBindings: () => ({}),
  getServices({ options }) {
    const bindings = Object.values(options.config.env ?? {}) as {
      type: string;
      dev?: { options?: { sockets: Socket[] } };
    }[];
    const sockets = bindings.find(({ type }) => type === `unsafe:${NAME}`)?.dev?.options?.sockets ?? [];
    return {
      services: [],
      extensions: [],
      sockets: sockets.map(({ name, address, worker, entrypoint, methods }) => ({
        name,
        ...(address !== undefined && { address }),
        service: { name: `core:user:${worker}`, ...(entrypoint !== undefined && { entrypoint }) },
        http: methods === true ? { capnpConnectHost: HOST_CAPNP_CONNECT } : {},
      })),
    };
  },
};

/** What Miniflare looks for in a module of plugins. */
export const plugins = { [NAME]: plugin };
