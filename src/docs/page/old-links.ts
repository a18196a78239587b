/** `/docs` was once the API's reference: links to a call in it still work. */
export function followOldLink(): void {
  const { pathname, hash, search } = location;
  if (pathname !== "/docs" || !hash.startsWith("#/")) return;
  const isResolveDb = new URLSearchParams(search).get("urls.primaryName") === "ResolveDB";
  location.replace(`${isResolveDb ? "/docs/api/resolvedb" : "/docs/api"}${hash}`);
}
