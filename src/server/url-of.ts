/** The URL at which clients on this machine reach a server. */
export function urlOf(host: string, port: number | string): string {
  // A server that listens on all addresses is asked by the name that the APIs answer to.
  if (host === "0.0.0.0" || host === "::") return `http://localhost:${port}`;
  return `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
}
