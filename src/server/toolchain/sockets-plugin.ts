/**
 * A plugin for Miniflare that makes workerd listen on our sockets. Miniflare's own sockets for a Worker accept CONNECT for a
 * Cap'n Proto session, with which whoever connects may call the Worker's methods and forge `request.cf`.
 */
import { HOST_CAPNP_CONNECT, type Plugin } from "miniflare";
import { NAME, type Socket } from "../sockets.ts";

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

/** The export that Miniflare looks for in a module of plugins. */
export const plugins = { [NAME]: plugin };
