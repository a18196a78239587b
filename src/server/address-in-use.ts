/** Somebody else listens there. */
export class AddressInUse extends Error {
  constructor(host: string, port: number) {
    super(`port ${port} on ${host} is taken: stop what listens there, or choose another with PORT`);
  }
}
