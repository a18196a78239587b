import { createServer, type Server } from "node:http";
import { join } from "node:path";
import send from "send";
import { projectRoot } from "./project.ts";

/** The files that the demo origin serves, from published packages, by path. */
const assets: Readonly<Record<string, string>> = {
  "/assets/reset.css": "modern-normalize/modern-normalize.css",
  "/assets/map.css": "leaflet/dist/leaflet.css",
  "/assets/map.js": "leaflet/dist/leaflet.js",
  "/assets/mono.woff2": "@fontsource/jetbrains-mono/files/jetbrains-mono-latin-400-normal.woff2",
  "/assets/mono.woff": "@fontsource/jetbrains-mono/files/jetbrains-mono-latin-400-normal.woff",
  "/assets/marker.png": "leaflet/dist/images/marker-icon-2x.png",
  "/assets/logo.svg": "leaflet/src/images/logo.svg",
};

/**
 * A customer's origin for the demo zone: real assets with ETag and Last-Modified, conditional requests and ranges, but without
 * Cache-Control, so that the zone's own TTLs show. `/` lists the assets.
 */
export function demoOrigin(): Server {
  return createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://origin").pathname;
    const file = assets[path];
    if (file !== undefined) {
      send(request, file, { root: join(projectRoot, "node_modules"), cacheControl: false }).pipe(response);
    } else if (path === "/") {
      response.writeHead(200, { "Content-Type": "text/html; charset=utf-8" }).end(indexPage());
    } else {
      response.writeHead(404, { "Content-Type": "text/plain" }).end("not found\n");
    }
  });
}

function indexPage(): string {
  const links = Object.entries(assets).map(([path, file]) => `<li><a href="${path}">${path}</a> (${file})</li>`);
  return `<!doctype html><title>Demo origin</title><h1>Demo origin</h1><ul>${links.join("")}</ul>`;
}
