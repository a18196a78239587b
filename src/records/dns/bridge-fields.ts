/**
 * The fields in which a bridge sends the secret that it shares with the server, and the client that it asks for: `udp` or
 * `tcp`, and an address.
 */
export const BRIDGE_SECRET = "x-resolvedb-bridge-secret";
export const BRIDGE_CLIENT = "x-resolvedb-bridge-client";
