declare module "http-cache-semantics" {
  interface Message {
    method?: string;
    url?: string;
    status?: number;
    headers: Record<string, string>;
  }
  export default class CachePolicy {
    constructor(request: Message, response: Message, options?: { shared?: boolean });
    now(): number;
    storable(): boolean;
    maxAge(): number;
    evaluateRequest(request: Message): { response?: object };
  }
}

declare module "range-parser" {
  /** Ranges, -1 (unsatisfiable) or -2 (malformed). */
  export default function rangeParser(size: number, header: string): { start: number; end: number }[] | -1 | -2;
}

declare module "negotiator" {
  export default class Negotiator {
    constructor(request: { headers: Record<string, string> });
    encodings(available: string[], options: { preferred: string[] }): string[];
  }
}
