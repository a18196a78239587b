/** What is known of where requests come from. */
export interface Clients {
  /** The address that a client connects from; null: unknown. */
  addressOf(request: Request): string | null;
  /** The scheme that the client used, perhaps towards a proxy. */
  schemeOf(request: Request, url: Pick<URL, "protocol">): "http" | "https";
  /** The country that it is in, as two capital letters (ISO 3166); null: unknown. */
  countryOf(request: Request): string | null;
  /** The number of the network that it is in; null: unknown. */
  asnOf(request: Request): number | null;
}
