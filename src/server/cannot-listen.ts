import { CannotStart } from "./cannot-start.ts";

/** Listening on an address failed; the message says why, and what to do. */
export class CannotListen extends CannotStart {
  /** @param code Node's name for it, e.g. `EADDRINUSE` */
  constructor(host: string, port: number, code: string) {
    super(REASONS[code]?.(host, port) ?? `cannot listen on port ${port} of ${host}: ${code}`);
  }
}

const unknown = (host: string) => `the name ${host} is not known here: choose an address of this machine with HOST`;

const REASONS: Readonly<Record<string, (host: string, port: number) => string>> = {
  EADDRINUSE: (host, port) => `port ${port} on ${host} is taken: stop what listens there, or choose another with PORT`,
  EADDRNOTAVAIL: (host) => `${host} is not an address of this machine: choose another with HOST`,
  EACCES: (_host, port) => `port ${port} is for privileged users: choose one above 1023 with PORT`,
  EINVAL: (host) => `${host} is not an address that can be listened on: choose another with HOST`,
  ENOTFOUND: unknown,
  EAI_AGAIN: unknown,
};
