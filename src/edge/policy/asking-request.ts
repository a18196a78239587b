import type { Clients } from "./clients.ts";
import type { AskingClient } from "./condition.ts";

/** The client of a request, as conditions see it. Each field is read once. */
export class AskingRequest implements AskingClient {
  readonly method: string;
  readonly #request: Request;
  readonly #url: URL;
  readonly #clients: Clients;
  #fields: Map<string, string | null> | null = null;
  #scheme: "http" | "https" | null = null;
  #country: string | null | undefined;

  constructor(request: Request, url: URL, clients: Clients) {
    this.method = request.method;
    this.#request = request;
    this.#url = url;
    this.#clients = clients;
  }

  get scheme(): "http" | "https" {
    this.#scheme ??= this.#clients.schemeOf(this.#request, this.#url);
    return this.#scheme;
  }

  get country(): string | null {
    if (this.#country === undefined) this.#country = this.#clients.countryOf(this.#request);
    return this.#country;
  }

  header(name: string): string | null {
    this.#fields ??= new Map();
    let value = this.#fields.get(name);
    if (value === undefined) {
      value = this.#request.headers.get(name);
      this.#fields.set(name, value);
    }
    return value;
  }
}
