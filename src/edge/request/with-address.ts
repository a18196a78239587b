/**
 * The request with the address that its client has in `X-Forwarded-For`, in the place of what the client states there. So it is
 * a field of the request like others that tell clients apart without being in the key: see `unlistedFields`.
 *
 * @param address null: unknown
 */
export function withAddress(request: Request, address: string | null): Request {
  const headers = new Headers(request.headers);
  if (address === null) headers.delete("x-forwarded-for");
  else headers.set("x-forwarded-for", address);
  return new Request(request, { headers });
}
