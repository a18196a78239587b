/** The fields by which a bridge states the secret that it shares with the server, and whom it asks for: `udp` or `tcp`, and an address. */
export const BRIDGE_SECRET = "x-resolvedb-bridge-secret";
export const BRIDGE_CLIENT = "x-resolvedb-bridge-client";
