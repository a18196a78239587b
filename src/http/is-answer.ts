/**
 * Whether a response can be an answer to a GET or HEAD. For an unsafe method only the status has to be valid: the rest is
 * between its client and the origin.
 */
export function isAnswer(request: { method: string; headers: Headers }, { status }: { status: number }): boolean {
  // RFC 9110 §15: codes outside 100..599 "are invalid", and a 1xx ends no exchange.
  if (status < 200 || status > 599) return false;
  if (request.method !== "GET" && request.method !== "HEAD") return true;
  switch (status) {
    case 206:
      // RFC 9110 §15.3.7: it answers a request with a Range.
      return request.headers.has("range");
    case 304:
      // RFC 9110 §15.4.5: it answers a conditional request, whose sender has the response.
      return request.headers.has("if-none-match") || request.headers.has("if-modified-since");
    case 416:
      return request.headers.has("range");
    default:
      return true;
  }
}
