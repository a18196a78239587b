import { PATH_FORM, readParameters, TOKEN_PARAMETERS } from "../../signed-urls/parameters.ts";
import type { Route } from "../request/routes.ts";
import { readToken, type Token } from "./token.ts";

/** A URL split into what it asks for and its token for that. */
export interface Presented {
  /** The route without the parts of a token; the same object if the URL has none. */
  route: Route;
  token: Token;
}

const known = new WeakMap<Route, Presented>();

/** Splits a token off a URL, for a zone that may require one. It is parsed once for as long as the route is remembered. */
export function presentedBy(route: Route): Presented {
  let presented = known.get(route);
  if (presented === undefined) {
    presented = takeApart(route);
    known.set(route, presented);
  }
  return presented;
}

function takeApart(route: Route): Presented {
  const { pathname, search } = route.url;
  const slash = pathname.startsWith(PATH_FORM) ? pathname.indexOf("/", 1) : 0;
  const end = slash === -1 ? pathname.length : slash;
  const path = pathname.slice(end) || "/";
  const query = withoutToken(search);
  // In the path form the token gets the same name, so that one in the query would be a second token.
  const segment = end === 0 ? "" : `token=${pathname.slice(PATH_FORM.length, end)}`;
  const parameters = readParameters([segment, search.slice(1)].join("&"));
  const token = readToken(path, parameters);
  if (end === 0 && query === search) return { route, token };
  const url = new URL(route.url);
  url.pathname = path;
  url.search = query;
  return { route: { ...route, url, target: null }, token };
}

/** A query without the parameters of tokens. The others keep their spelling. */
function withoutToken(search: string): string {
  if (search === "") return "";
  const kept = search
    .slice(1)
    .split("&")
    .filter((parameter) => !TOKEN_PARAMETERS.has(nameOf(parameter)));
  return kept.length === 0 ? "" : `?${kept.join("&")}`;
}

function nameOf(parameter: string): string {
  // As lenient as whoever reads the query behind this cache.
  const [name = ""] = new URLSearchParams(`&${parameter}`).keys();
  return name;
}
